using System.Buffers.Binary;

namespace Ropeway.Core.Routing;

/// <summary>
/// The fields of an encoded AMQP 0-9-1 table, found without decoding names or values. One owner; used again for each message.
/// </summary>
/// <remarks>
/// <code>
/// 0  4  length of what follows, big-endian
/// 4  .. fields: name length (1), name, type octet (1), value
/// </code>
/// The session has checked the table before; a field that does not fit ends the list.
/// </remarks>
internal sealed class HeaderFields
{
    private const int LengthBytes = 4;

    private HeaderField[] _fields = new HeaderField[8];

    /// <summary>The fields in their order.</summary>
    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, Count);

    /// <summary>Number of fields.</summary>
    public int Count { get; private set; }

    /// <summary>Reads a table with its length in front; empty means no fields.</summary>
    public void Read(ReadOnlySpan<byte> table)
    {
        Count = 0;
        if (table.Length < LengthBytes)
        {
            return;
        }

        long end = Math.Min(table.Length, BinaryPrimitives.ReadUInt32BigEndian(table) + (long)LengthBytes);
        table = table[..(int)end];
        int place = LengthBytes;
        while (place < table.Length && TryReadField(table, place, out HeaderField field))
        {
            if (Count == _fields.Length)
            {
                Array.Resize(ref _fields, Count * 2);
            }

            _fields[Count++] = field;
            place = field.ValueStart + field.ValueBytes;
        }
    }

    /// <summary>Finds a field; the last one of that name when there are several.</summary>
    /// <returns>Its place in <see cref="Fields"/>, -1 when there is none.</returns>
    public int Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> table)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_fields[i].Name(table).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool TryReadField(ReadOnlySpan<byte> table, int place, out HeaderField field)
    {
        field = default;
        int nameBytes = table[place];
        int typePlace = place + 1 + nameBytes;
        if (typePlace >= table.Length)
        {
            return false;
        }

        byte type = table[typePlace];
        ReadOnlySpan<byte> rest = table[(typePlace + 1)..];
        if (!TryMeasure(type, rest, out int prefixBytes, out int valueBytes))
        {
            return false;
        }

        ReadOnlySpan<byte> value = rest.Slice(prefixBytes, valueBytes);
        (HeaderKind kind, long bits) = Read(type, value);
        field = new HeaderField(place + 1, nameBytes, kind, type, typePlace + 1 + prefixBytes, valueBytes, bits);
        return true;
    }

    private static bool TryMeasure(byte type, ReadOnlySpan<byte> rest, out int prefixBytes, out int valueBytes)
    {
        prefixBytes = 0;
        valueBytes = 0;
        switch ((char)type)
        {
            case 'V':
                break;
            case 't' or 'b' or 'B':
                valueBytes = 1;
                break;
            case 's' or 'u' or 'U':
                valueBytes = 2;
                break;
            case 'I' or 'i' or 'f':
                valueBytes = 4;
                break;
            case 'D':
                valueBytes = 5;
                break;
            case 'l' or 'L' or 'd' or 'T':
                valueBytes = 8;
                break;
            case 'S' or 'x' or 'A' or 'F':
                prefixBytes = LengthBytes;
                uint length = rest.Length < LengthBytes ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
                valueBytes = (int)Math.Min(length, int.MaxValue - LengthBytes);
                break;
            default:
                return false;
        }

        return prefixBytes + valueBytes <= rest.Length;
    }

    private static (HeaderKind Kind, long Bits) Read(byte type, ReadOnlySpan<byte> value) => (char)type switch
    {
        'V' => (HeaderKind.Void, 0),
        't' => (HeaderKind.Boolean, value[0] == 0 ? 0 : 1),
        'b' => (HeaderKind.Integer, (sbyte)value[0]),
        'B' => (HeaderKind.Integer, value[0]),
        's' or 'U' => (HeaderKind.Integer, BinaryPrimitives.ReadInt16BigEndian(value)),
        'u' => (HeaderKind.Integer, BinaryPrimitives.ReadUInt16BigEndian(value)),
        'I' => (HeaderKind.Integer, BinaryPrimitives.ReadInt32BigEndian(value)),
        'i' => (HeaderKind.Integer, BinaryPrimitives.ReadUInt32BigEndian(value)),
        'l' or 'L' => (HeaderKind.Integer, BinaryPrimitives.ReadInt64BigEndian(value)),
        'f' => (HeaderKind.Float, BitConverter.DoubleToInt64Bits(BinaryPrimitives.ReadSingleBigEndian(value))),
        'd' => (HeaderKind.Float, BinaryPrimitives.ReadInt64BigEndian(value)),
        'T' => (HeaderKind.Timestamp, BinaryPrimitives.ReadInt64BigEndian(value)),
        'S' or 'x' => (HeaderKind.Bytes, 0),
        _ => (HeaderKind.Other, 0),
    };
}
