using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Ropeway.Messages;

/// <summary>Encodes field tables, and counts their bytes beforehand. Stack only; allocates only enumerators.</summary>
internal ref struct FieldTableWriter
{
    private readonly Span<byte> _destination;

    public FieldTableWriter(Span<byte> destination)
    {
        _destination = destination;
        WrittenBytes = 0;
    }

    public int WrittenBytes { get; private set; }

    public static int TableBytes(FieldTable table, int depth)
    {
        CheckDepth(depth);
        int bytes = FieldTableCodec.LengthBytes;
        foreach ((string name, object? value) in table)
        {
            bytes = checked(bytes + 1 + Encoding.UTF8.GetByteCount(name) + ValueBytes(value, depth));
        }

        return bytes;
    }

    public void WriteTable(FieldTable table, int depth)
    {
        CheckDepth(depth);
        int lengthAt = WrittenBytes;
        Take(FieldTableCodec.LengthBytes);
        foreach ((string name, object? value) in table)
        {
            Span<byte> nameBytes = Take(1);
            nameBytes[0] = (byte)WriteUtf8(name);
            WriteValue(value, depth);
        }

        WriteLengthAt(lengthAt);
    }

    private static int ValueBytes(object? value, int depth) => 1 + value switch
    {
        string text => FieldTableCodec.LengthBytes + Encoding.UTF8.GetByteCount(text),
        byte[] bytes => FieldTableCodec.LengthBytes + bytes.Length,
        FieldTable table => TableBytes(table, depth + 1),
        FieldArray array => ArrayBytes(array, depth + 1),
        _ => FieldType.FixedBytes(TypeOf(value)),
    };

    private static int ArrayBytes(FieldArray array, int depth)
    {
        CheckDepth(depth);
        int bytes = FieldTableCodec.LengthBytes;
        for (int i = 0; i < array.Count; i++)
        {
            bytes = checked(bytes + ValueBytes(array[i], depth));
        }

        return bytes;
    }

    private static byte TypeOf(object? value) => value switch
    {
        null => FieldType.Void,
        bool => FieldType.Boolean,
        sbyte => FieldType.SByte,
        byte => FieldType.Byte,
        short => FieldType.Int16,
        ushort => FieldType.UInt16,
        int => FieldType.Int32,
        uint => FieldType.UInt32,
        long => FieldType.Int64,
        float => FieldType.Single,
        double => FieldType.Double,
        FieldDecimal => FieldType.Decimal,
        FieldTimestamp => FieldType.Timestamp,
        string => FieldType.LongString,
        byte[] => FieldType.ByteArray,
        FieldTable => FieldType.Table,
        FieldArray => FieldType.Array,
        _ => throw new UnreachableException("Tables and arrays check the type of what they take."),
    };

    private static void CheckDepth(int depth)
    {
        if (depth > FieldTableCodec.NestingMax)
        {
            throw new ArgumentException($"Tables and arrays are nested deeper than {FieldTableCodec.NestingMax}.", nameof(depth));
        }
    }

    private void WriteArray(FieldArray array, int depth)
    {
        CheckDepth(depth);
        int lengthAt = WrittenBytes;
        Take(FieldTableCodec.LengthBytes);
        for (int i = 0; i < array.Count; i++)
        {
            WriteValue(array[i], depth);
        }

        WriteLengthAt(lengthAt);
    }

    private void WriteValue(object? value, int depth)
    {
        byte type = TypeOf(value);
        Take(1)[0] = type;
        switch (value)
        {
            case string text:
                int lengthAt = WrittenBytes;
                Take(FieldTableCodec.LengthBytes);
                WriteUtf8(text);
                WriteLengthAt(lengthAt);
                break;
            case byte[] bytes:
                BinaryPrimitives.WriteUInt32BigEndian(Take(FieldTableCodec.LengthBytes), (uint)bytes.Length);
                bytes.CopyTo(Take(bytes.Length));
                break;
            case FieldTable table:
                WriteTable(table, depth + 1);
                break;
            case FieldArray array:
                WriteArray(array, depth + 1);
                break;
            default:
                WriteFixed(Take(FieldType.FixedBytes(type)), value);
                break;
        }
    }

    private static void WriteFixed(Span<byte> field, object? value)
    {
        switch (value)
        {
            case bool flag:
                field[0] = flag ? (byte)1 : (byte)0;
                break;
            case sbyte number:
                field[0] = (byte)number;
                break;
            case byte number:
                field[0] = number;
                break;
            case short number:
                BinaryPrimitives.WriteInt16BigEndian(field, number);
                break;
            case ushort number:
                BinaryPrimitives.WriteUInt16BigEndian(field, number);
                break;
            case int number:
                BinaryPrimitives.WriteInt32BigEndian(field, number);
                break;
            case uint number:
                BinaryPrimitives.WriteUInt32BigEndian(field, number);
                break;
            case long number:
                BinaryPrimitives.WriteInt64BigEndian(field, number);
                break;
            case float number:
                BinaryPrimitives.WriteSingleBigEndian(field, number);
                break;
            case double number:
                BinaryPrimitives.WriteDoubleBigEndian(field, number);
                break;
            case FieldDecimal number:
                field[0] = number.Scale;
                BinaryPrimitives.WriteUInt32BigEndian(field[1..], number.Unscaled);
                break;
            case FieldTimestamp time:
                BinaryPrimitives.WriteUInt64BigEndian(field, time.Seconds);
                break;
        }
    }

    private int WriteUtf8(string text)
    {
        int bytes = Encoding.UTF8.GetBytes(text, _destination[WrittenBytes..]);
        WrittenBytes += bytes;
        return bytes;
    }

    private void WriteLengthAt(int position)
    {
        int bytes = WrittenBytes - position - FieldTableCodec.LengthBytes;
        BinaryPrimitives.WriteUInt32BigEndian(_destination[position..], (uint)bytes);
    }

    private Span<byte> Take(int bytes)
    {
        Span<byte> taken = _destination.Slice(WrittenBytes, bytes);
        WrittenBytes += bytes;
        return taken;
    }
}
