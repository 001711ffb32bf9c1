using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>Field tables as bytes, for comparing, hashing and storing them.</summary>
internal static class EncodedTable
{
    /// <summary>The table with its length in front; empty for null and for a table without fields.</summary>
    public static byte[] Encode(FieldTable? table) => table is null || table.Count == 0 ? [] : FieldTableCodec.ToArray(table);

    /// <summary>The fields ordered by name, without the length in front: equal for tables that differ in order only.</summary>
    public static byte[] EncodeOrdered(FieldTable? table)
    {
        byte[] bytes = Encode(table);
        if (bytes.Length == 0)
        {
            return bytes;
        }

        var fields = new HeaderFields();
        fields.Read(bytes);
        HeaderField[] ordered = fields.Fields.ToArray();
        Array.Sort(ordered, (left, right) => left.Name(bytes).SequenceCompareTo(right.Name(bytes)));
        byte[] result = new byte[bytes.Length - FieldTableCodec.LengthBytes];
        int place = 0;
        foreach (HeaderField field in ordered)
        {
            ReadOnlySpan<byte> whole = field.Whole(bytes);
            whole.CopyTo(result.AsSpan(place));
            place += whole.Length;
        }

        return result;
    }
}
