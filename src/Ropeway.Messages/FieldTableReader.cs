using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Ropeway.Messages;

/// <summary>Decodes fields that <see cref="FieldTableCodec.TryMeasure"/> has found well-formed. Stack only.</summary>
internal ref struct FieldTableReader
{
    private static readonly object True = true;
    private static readonly object False = false;

    private ReadOnlySpan<byte> _rest;

    private FieldTableReader(ReadOnlySpan<byte> content) => _rest = content;

    /// <summary>Decodes the fields of a table, without the length in front.</summary>
    public static FieldTable ReadTable(ReadOnlySpan<byte> fields)
    {
        var table = new FieldTable();
        var reader = new FieldTableReader(fields);
        while (!reader._rest.IsEmpty)
        {
            string name = Encoding.UTF8.GetString(reader.Take(reader.Take(1)[0]));
            table[name] = reader.ReadValue();
        }

        return table;
    }

    private static FieldArray ReadArray(ReadOnlySpan<byte> values)
    {
        var array = new FieldArray();
        var reader = new FieldTableReader(values);
        while (!reader._rest.IsEmpty)
        {
            array.Add(reader.ReadValue());
        }

        return array;
    }

    private static object ReadText(ReadOnlySpan<byte> bytes)
        => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : bytes.ToArray();

    private object? ReadValue()
    {
        byte type = Take(1)[0];
        return type switch
        {
            FieldType.LongString => ReadText(TakeSized()),
            FieldType.ByteArray => TakeSized().ToArray(),
            FieldType.Table => ReadTable(TakeSized()),
            FieldType.Array => ReadArray(TakeSized()),
            _ => ReadFixed(type, Take(FieldType.FixedBytes(type))),
        };
    }

    private static object? ReadFixed(byte type, ReadOnlySpan<byte> value) => type switch
    {
        FieldType.Boolean => value[0] != 0 ? True : False,
        FieldType.SByte => (sbyte)value[0],
        FieldType.Byte => value[0],
        FieldType.Int16 or FieldType.Int16Grammar => BinaryPrimitives.ReadInt16BigEndian(value),
        FieldType.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(value),
        FieldType.Int32 => BinaryPrimitives.ReadInt32BigEndian(value),
        FieldType.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(value),
        FieldType.Int64 or FieldType.Int64Grammar => BinaryPrimitives.ReadInt64BigEndian(value),
        FieldType.Single => BinaryPrimitives.ReadSingleBigEndian(value),
        FieldType.Double => BinaryPrimitives.ReadDoubleBigEndian(value),
        FieldType.Decimal => new FieldDecimal(value[0], BinaryPrimitives.ReadUInt32BigEndian(value[1..])),
        FieldType.Timestamp => new FieldTimestamp(BinaryPrimitives.ReadUInt64BigEndian(value)),
        _ => null,
    };

    private ReadOnlySpan<byte> TakeSized() => Take((int)BinaryPrimitives.ReadUInt32BigEndian(Take(FieldTableCodec.LengthBytes)));

    private ReadOnlySpan<byte> Take(int bytes)
    {
        ReadOnlySpan<byte> taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
