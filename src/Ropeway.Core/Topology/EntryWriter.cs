using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ropeway.Core.Topology;

/// <summary>Writes keys and values of stored definitions: little-endian numbers, texts as u16 length and UTF-8.</summary>
internal sealed class EntryWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64);

    /// <summary>One byte.</summary>
    public EntryWriter Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    /// <summary>Eight bytes.</summary>
    public EntryWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(sizeof(ulong)), value);
        _buffer.Advance(sizeof(ulong));
        return this;
    }

    /// <summary>A text of at most 65,535 bytes.</summary>
    public EntryWriter Text(string value) => Sized(Encoding.UTF8.GetBytes(value));

    /// <summary>At most 65,535 bytes with their length in front.</summary>
    public EntryWriter Sized(ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, ushort.MaxValue, nameof(value));
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(sizeof(ushort)), (ushort)value.Length);
        _buffer.Advance(sizeof(ushort));
        return Rest(value);
    }

    /// <summary>Bytes without a length: the last thing of an entry.</summary>
    public EntryWriter Rest(ReadOnlySpan<byte> value)
    {
        _buffer.Write(value);
        return this;
    }

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();
}
