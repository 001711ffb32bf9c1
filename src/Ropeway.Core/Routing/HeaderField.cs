using System.Globalization;
using System.Text;

namespace Ropeway.Core.Routing;

/// <summary>One field of an encoded headers table. The places are relative to the table's bytes, its length included.</summary>
/// <param name="NameStart">Where the name begins.</param>
/// <param name="NameBytes">Its length.</param>
/// <param name="Kind">What the value is compared with.</param>
/// <param name="Type">The value's type octet.</param>
/// <param name="ValueStart">Where the value's bytes begin, without the length of a string.</param>
/// <param name="ValueBytes">Their length.</param>
/// <param name="Bits">The value of integers, booleans, times, and the bits of a double.</param>
internal readonly record struct HeaderField(int NameStart, int NameBytes, HeaderKind Kind, byte Type, int ValueStart, int ValueBytes, long Bits)
{
    private const int DescribedCharsMax = 60;

    /// <summary>The name in the table's bytes.</summary>
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> table) => table.Slice(NameStart, NameBytes);

    /// <summary>The value in the table's bytes.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> table) => table.Slice(ValueStart, ValueBytes);

    /// <summary>The whole field, from its name's length on.</summary>
    public ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> table) => table[(NameStart - 1)..(ValueStart + ValueBytes)];

    /// <summary>The value for people to read: texts in quotes and cut off, what has no short form by its kind.</summary>
    public string Describe(ReadOnlySpan<byte> table) => Kind switch
    {
        HeaderKind.Void => "without a value",
        HeaderKind.Boolean => Bits != 0 ? "true" : "false",
        HeaderKind.Float => BitConverter.Int64BitsToDouble(Bits).ToString("0.0###############", CultureInfo.InvariantCulture),
        HeaderKind.Bytes => $"'{Shorten(Encoding.UTF8.GetString(Value(table)))}'",
        HeaderKind.Other => "a list, a table or a decimal",
        HeaderKind.Timestamp => $"the time {Bits}",
        _ => Bits.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Compares two values.</summary>
    public bool HasValueOf(in HeaderField other, ReadOnlySpan<byte> table, ReadOnlySpan<byte> otherTable) => Kind == other.Kind && Kind switch
    {
        HeaderKind.Void => true,
        HeaderKind.Float => BitConverter.Int64BitsToDouble(Bits).Equals(BitConverter.Int64BitsToDouble(other.Bits)),
        HeaderKind.Bytes => Value(table).SequenceEqual(other.Value(otherTable)),
        HeaderKind.Other => Type == other.Type && Value(table).SequenceEqual(other.Value(otherTable)),
        _ => Bits == other.Bits,
    };

    private static string Shorten(string text) => text.Length <= DescribedCharsMax ? text : $"{text[..DescribedCharsMax]}...";
}
