using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace Ropeway.Messages;

/// <summary>The encoding of field tables on the wire and in the store. Pure; any thread.</summary>
/// <remarks>
/// <code>
/// table: | n u32 | field ... n bytes |        field: | name bytes u8 | name UTF-8 | value |
/// array: | n u32 | value ... n bytes |        value: | type u8 | as the type says |          big-endian, section 4.2.5.5
/// </code>
/// Malformed is: a length over the bytes that are there, an unknown type, a name that is not UTF-8, nesting deeper than
/// <see cref="NestingMax"/>. It is a false, never an exception, and found before anything is allocated. Of duplicate names the
/// last value counts. A table read and written again keeps every name and value; only alternative encodings change
/// ('L' to 'l', 'U' to 's', 'S' that is not UTF-8 to 'x', booleans other than 0 to 1).
/// </remarks>
public static class FieldTableCodec
{
    /// <summary>Tables and arrays in one another, the outermost included.</summary>
    public const int NestingMax = 32;

    /// <summary>Bytes of the length in front of a table.</summary>
    public const int LengthBytes = sizeof(uint);

    /// <summary>The empty table.</summary>
    public static ReadOnlySpan<byte> Empty => [0, 0, 0, 0];

    /// <summary>Checks the table at the start of <paramref name="source"/> without decoding it; allocates nothing.</summary>
    /// <param name="source">The 4-byte length, the fields, and possibly more.</param>
    /// <param name="readBytes">Bytes of the table with its length; 0 when false is returned.</param>
    /// <returns>False when it is malformed or cut off.</returns>
    public static bool TryMeasure(ReadOnlySpan<byte> source, out int readBytes)
    {
        ReadOnlySpan<byte> rest = source;
        bool good = TryTakeSized(ref rest, out ReadOnlySpan<byte> fields) && IsWellFormed(fields, named: true, depth: 1);
        readBytes = good ? LengthBytes + fields.Length : 0;
        return good;
    }

    /// <summary>Decodes the table at the start of <paramref name="source"/>.</summary>
    /// <param name="source">The 4-byte length, the fields, and possibly more.</param>
    /// <param name="table">The table; null when false is returned.</param>
    /// <param name="readBytes">Bytes of the table with its length; 0 when false is returned.</param>
    /// <returns>False when it is malformed or cut off.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, [NotNullWhen(true)] out FieldTable? table, out int readBytes)
    {
        table = null;
        if (!TryMeasure(source, out readBytes))
        {
            return false;
        }

        table = FieldTableReader.ReadTable(source[LengthBytes..readBytes]);
        return true;
    }

    /// <summary>Exact bytes that <see cref="Write"/> writes, the 4-byte length included.</summary>
    /// <param name="table">The table.</param>
    /// <exception cref="ArgumentException">Nested deeper than <see cref="NestingMax"/>.</exception>
    public static int GetByteCount(FieldTable table) => FieldTableWriter.TableBytes(table, depth: 1);

    /// <summary>Writes the table with its 4-byte length in front.</summary>
    /// <param name="table">The table.</param>
    /// <param name="destination">At least <see cref="GetByteCount"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short, or the table is nested deeper than <see cref="NestingMax"/>.</exception>
    public static int Write(FieldTable table, Span<byte> destination)
    {
        var writer = new FieldTableWriter(destination);
        writer.WriteTable(table, depth: 1);
        return writer.WrittenBytes;
    }

    /// <summary>The table with its 4-byte length in front, in an array of its own.</summary>
    /// <param name="table">The table.</param>
    /// <exception cref="ArgumentException">Nested deeper than <see cref="NestingMax"/>.</exception>
    public static byte[] ToArray(FieldTable table)
    {
        byte[] bytes = new byte[GetByteCount(table)];
        Write(table, bytes);
        return bytes;
    }

    /// <summary>Exact bytes that <see cref="WriteField"/> writes.</summary>
    /// <param name="name">The name, UTF-8, up to 255 bytes.</param>
    public static int GetFieldBytes(scoped ReadOnlySpan<byte> name) => 1 + name.Length + 1 + sizeof(long);

    /// <summary>Writes one field of type 64-bit integer, for tables that are put together by hand; allocates nothing.</summary>
    /// <param name="name">The name, UTF-8, up to 255 bytes.</param>
    /// <param name="value">The value.</param>
    /// <param name="destination">At least <see cref="GetFieldBytes"/> bytes.</param>
    public static void WriteField(scoped ReadOnlySpan<byte> name, long value, Span<byte> destination)
    {
        destination[0] = (byte)name.Length;
        name.CopyTo(destination[1..]);
        destination[1 + name.Length] = FieldType.Int64;
        BinaryPrimitives.WriteInt64BigEndian(destination[(2 + name.Length)..], value);
    }

    /// <summary>Adds an integer to a well-formed table in place, behind its other fields; what follows moves down. Allocates nothing.</summary>
    /// <param name="bytes">The table with its length, what stands behind it, and room for <see cref="GetFieldBytes"/>.</param>
    /// <param name="usedBytes">Length of the table and what stands behind it.</param>
    /// <param name="name">A name that the table does not have, UTF-8, up to 255 bytes.</param>
    /// <param name="value">The value; its type is of 32 bits where that is enough.</param>
    /// <returns>Bytes that were added.</returns>
    public static int AddInteger(Span<byte> bytes, int usedBytes, ReadOnlySpan<byte> name, long value)
    {
        bool isShort = value == (int)value;
        int fieldBytes = GetFieldBytes(name) - (isShort ? sizeof(long) - sizeof(int) : 0);
        int tableBytes = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes);
        int end = LengthBytes + tableBytes;
        bytes[end..usedBytes].CopyTo(bytes[(end + fieldBytes)..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(tableBytes + fieldBytes));
        Span<byte> field = bytes.Slice(end, fieldBytes);
        if (!isShort)
        {
            WriteField(name, value, field);
            return fieldBytes;
        }

        field[0] = (byte)name.Length;
        name.CopyTo(field[1..]);
        field[1 + name.Length] = FieldType.Int32;
        BinaryPrimitives.WriteInt32BigEndian(field[(2 + name.Length)..], (int)value);
        return fieldBytes;
    }

    /// <summary>Takes all fields of a name out of a well-formed table in place; what follows moves up. Allocates nothing.</summary>
    /// <param name="bytes">The table with its length, and what stands behind it.</param>
    /// <param name="name">The name, UTF-8.</param>
    /// <returns>Bytes that were taken out.</returns>
    public static int RemoveField(Span<byte> bytes, ReadOnlySpan<byte> name)
    {
        int removedBytes = 0;
        while (TryFind(bytes[..^removedBytes], name, out RawField field))
        {
            int fieldBytes = field.End - field.Start;
            BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) - (uint)fieldBytes);
            bytes[field.End..^removedBytes].CopyTo(bytes[field.Start..]);
            removedBytes += fieldBytes;
        }

        return removedBytes;
    }

    /// <summary>Finds a field of a well-formed table; allocates nothing.</summary>
    /// <param name="table">The 4-byte length and the fields.</param>
    /// <param name="name">The name, UTF-8.</param>
    /// <param name="field">The first field of that name; default when false is returned.</param>
    /// <returns>False when there is none, or the table is malformed before it.</returns>
    public static bool TryFind(ReadOnlySpan<byte> table, ReadOnlySpan<byte> name, out RawField field)
    {
        field = default;
        ReadOnlySpan<byte> rest = table;
        if (!TryTakeSized(ref rest, out ReadOnlySpan<byte> fields))
        {
            return false;
        }

        while (!fields.IsEmpty)
        {
            ReadOnlySpan<byte> content = fields;
            if (!TrySkipName(ref content) || !TryTakeValue(ref content, out byte type, out ReadOnlySpan<byte> value))
            {
                return false;
            }

            if (fields.Slice(1, fields[0]).SequenceEqual(name))
            {
                int end = table.Length - rest.Length - content.Length;
                field = new RawField(end - (fields.Length - content.Length), end, type, value);
                return true;
            }

            fields = content;
        }

        return false;
    }

    /// <summary>Takes one value off the front of a well-formed array's content; allocates nothing.</summary>
    /// <param name="content">The values, without the array's length; what is left of them.</param>
    /// <param name="type">The type octet.</param>
    /// <param name="value">The value's bytes, without the length of strings, arrays and tables.</param>
    /// <returns>False at the end, or when the content is malformed.</returns>
    public static bool TryTakeValue(scoped ref ReadOnlySpan<byte> content, out byte type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (content.IsEmpty)
        {
            return false;
        }

        type = content[0];
        ReadOnlySpan<byte> rest = content[1..];
        int fixedBytes = FieldType.FixedBytes(type);
        bool isSized = type is FieldType.LongString or FieldType.ByteArray or FieldType.Table or FieldType.Array;
        if (isSized ? !TryTakeSized(ref rest, out value) : fixedBytes < 0 || fixedBytes > rest.Length)
        {
            return false;
        }

        if (!isSized)
        {
            value = rest[..fixedBytes];
            rest = rest[fixedBytes..];
        }

        content = rest;
        return true;
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> content, bool named, int depth)
    {
        if (depth > NestingMax)
        {
            return false;
        }

        while (!content.IsEmpty)
        {
            if ((named && !TrySkipName(ref content)) || !TrySkipValue(ref content, depth))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySkipName(scoped ref ReadOnlySpan<byte> content)
    {
        int nameBytes = content[0];
        if (content.Length - 1 < nameBytes || !Utf8.IsValid(content.Slice(1, nameBytes)))
        {
            return false;
        }

        content = content[(1 + nameBytes)..];
        return true;
    }

    private static bool TrySkipValue(scoped ref ReadOnlySpan<byte> content, int depth) =>
        TryTakeValue(ref content, out byte type, out ReadOnlySpan<byte> value) && type switch
        {
            FieldType.Table => IsWellFormed(value, named: true, depth + 1),
            FieldType.Array => IsWellFormed(value, named: false, depth + 1),
            _ => true,
        };

    private static bool TryTakeSized(scoped ref ReadOnlySpan<byte> content, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (content.Length < LengthBytes)
        {
            return false;
        }

        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(content);
        if (bytes > (uint)(content.Length - LengthBytes))
        {
            return false;
        }

        taken = content.Slice(LengthBytes, (int)bytes);
        content = content[(LengthBytes + (int)bytes)..];
        return true;
    }
}
