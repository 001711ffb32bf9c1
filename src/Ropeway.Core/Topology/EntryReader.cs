using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>Reads what <see cref="EntryWriter"/> wrote.</summary>
/// <param name="bytes">A key or a value.</param>
/// <exception cref="InvalidDataException">From every method: the entry ends too early or is not what it should be.</exception>
internal ref struct EntryReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Eight bytes.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A text with its length in front.</summary>
    public string Text() => Encoding.UTF8.GetString(Sized());

    /// <summary>Bytes with their length in front.</summary>
    public ReadOnlySpan<byte> Sized() => Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort))));

    /// <summary>A table that takes the rest; null when nothing is left.</summary>
    public FieldTable? Table()
    {
        if (_rest.IsEmpty)
        {
            return null;
        }

        if (!FieldTableCodec.TryRead(_rest, out FieldTable? table, out int readBytes) || readBytes != _rest.Length)
        {
            ThrowDamaged();
        }

        _rest = default;
        return table;
    }

    /// <summary>Everything that is left.</summary>
    public ReadOnlySpan<byte> Rest()
    {
        ReadOnlySpan<byte> rest = _rest;
        _rest = default;
        return rest;
    }

    /// <summary>Reads a value's version, which must be known.</summary>
    public void Version(byte newest)
    {
        byte version = Byte();
        if (version == 0 || version > newest)
        {
            throw new InvalidDataException($"A stored definition has version {version}; this release knows versions up to {newest}.");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            ThrowDamaged();
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    [DoesNotReturn]
    private static void ThrowDamaged() => throw new InvalidDataException("A stored definition ends too early or holds something else than it should.");
}
