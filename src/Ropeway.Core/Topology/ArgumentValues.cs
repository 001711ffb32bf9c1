using System.Globalization;
using System.Text;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>Values of declare arguments as texts name them and as declarations compare them.</summary>
internal static class ArgumentValues
{
    /// <summary>The type's name in texts.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "void",
        bool => "bool",
        sbyte => "byte",
        byte => "unsignedbyte",
        short => "short",
        ushort => "unsignedshort",
        int => "signedint",
        uint => "unsignedint",
        long => "long",
        float => "float",
        double => "double",
        FieldDecimal => "decimal",
        FieldTimestamp => "timestamp",
        byte[] => "binary",
        FieldTable => "table",
        FieldArray => "array",
        _ => "longstr",
    };

    /// <summary>The value in texts.</summary>
    public static string Text(object? value) => value switch
    {
        null => "undefined",
        bool flag => flag ? "true" : "false",
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        FieldTable table => $"a table of {table.Count} fields",
        FieldArray array => $"an array of {array.Count} values",
        FieldTimestamp time => time.Seconds.ToString(CultureInfo.InvariantCulture),
        FieldDecimal number => $"{number.Unscaled}e-{number.Scale}",
        IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    /// <summary>The value as RabbitMQ writes it where a text shows it between other terms.</summary>
    public static string Term(object? value) => value is string ? $"<<\"{value}\">>" : Text(value);

    /// <summary>Any integer.</summary>
    public static bool TryGetInteger(object? value, out long number)
    {
        (bool found, number) = value switch
        {
            sbyte n => (true, n),
            byte n => (true, n),
            short n => (true, n),
            ushort n => (true, n),
            int n => (true, n),
            uint n => (true, n),
            long n => (true, n),
            FieldTimestamp n => (true, (long)n.Seconds),
            _ => (false, 0L),
        };
        return found;
    }

    /// <summary>True when a declaration with one value fits an object that has the other: the width of numbers does not count.</summary>
    public static bool AreEquivalent(object? left, object? right)
    {
        if (TryGetInteger(left, out long leftNumber))
        {
            return TryGetInteger(right, out long rightNumber) && leftNumber == rightNumber;
        }

        return (left, right) switch
        {
            (float or double, float or double) => Convert.ToDouble(left, CultureInfo.InvariantCulture).Equals(Convert.ToDouble(right, CultureInfo.InvariantCulture)),
            (byte[] leftBytes, byte[] rightBytes) => leftBytes.AsSpan().SequenceEqual(rightBytes),
            _ => Equals(left, right),
        };
    }
}
