using System.Buffers.Binary;
using Ropeway.Messages;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>
/// Sets headers in encoded properties without decoding them, for what the broker adds at delivery. Stack only; allocates nothing.
/// </summary>
/// <remarks>
/// <code>
/// | flags u16 | content-type? | content-encoding? | headers: n u32, field ... n bytes | other properties |
///                                                                   ^ new fields: | name bytes u8 | name | 'l' | i64 |
/// </code>
/// A header that is there already is replaced; properties without headers get a table.
/// </remarks>
public ref struct HeaderSplice
{
    private readonly Span<byte> _buffer;
    private int _bytes;

    /// <summary>Starts with a copy of the properties.</summary>
    /// <param name="buffer">At least the properties, <see cref="TableBytes"/>, and <see cref="GetFieldBytes"/> for each header.</param>
    /// <param name="raw">Well-formed flags and properties.</param>
    public HeaderSplice(Span<byte> buffer, scoped ReadOnlySpan<byte> raw)
    {
        raw.CopyTo(buffer);
        _buffer = buffer;
        _bytes = raw.Length;
    }

    /// <summary>What a table costs where there is none, in bytes.</summary>
    public static int TableBytes => FieldTableCodec.LengthBytes;

    /// <summary>The properties as they are now.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._bytes];

    /// <summary>What a header costs, in bytes.</summary>
    /// <param name="name">UTF-8, up to 255 bytes.</param>
    public static int GetFieldBytes(scoped ReadOnlySpan<byte> name) => FieldTableCodec.GetFieldBytes(name);

    /// <summary>Sets a header to a 64-bit integer.</summary>
    /// <param name="name">UTF-8, up to 255 bytes.</param>
    /// <param name="value">The value.</param>
    public void Set(scoped ReadOnlySpan<byte> name, long value)
    {
        _bytes = BasicProperties.RemoveHeader(_buffer[.._bytes], name);
        (int start, int tableBytes) = FindTable();
        int end = start + tableBytes;
        Span<byte> field = MakeRoom(end, GetFieldBytes(name));
        FieldTableCodec.WriteField(name, value, field);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[start..], (uint)(tableBytes - FieldTableCodec.LengthBytes + field.Length));
    }

    /// <summary>The place of the table with its length; it is made if it is not there.</summary>
    private (int Start, int Bytes) FindTable()
    {
        BasicProperties properties = BasicProperties.View(Written);
        int start = properties.HeadersStart;
        if (properties.Has(BasicPropertyFlags.Headers))
        {
            return (start, properties.Headers.Length);
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer, (ushort)(properties.Flags | BasicPropertyFlags.Headers));
        MakeRoom(start, FieldTableCodec.LengthBytes).Clear();
        return (start, FieldTableCodec.LengthBytes);
    }

    private Span<byte> MakeRoom(int place, int bytes)
    {
        _buffer[place.._bytes].CopyTo(_buffer[(place + bytes)..]);
        _bytes += bytes;
        return _buffer.Slice(place, bytes);
    }
}
