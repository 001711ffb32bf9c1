namespace Ropeway.Messages;

/// <summary>Rules for the values that a <see cref="FieldTable"/> or <see cref="FieldArray"/> may hold. Pure; any thread.</summary>
internal static class FieldValue
{
    /// <summary>Gives the value back when its type can be written.</summary>
    /// <exception cref="ArgumentException">Its type is none of the field table's.</exception>
    public static object? Checked(object? value) => value switch
    {
        null or string or bool or int or long or byte[] or FieldTable or FieldArray => value,
        sbyte or byte or short or ushort or uint or float or double or FieldDecimal or FieldTimestamp => value,
        IEnumerable<object?> items => new FieldArray(items),
        _ => throw new ArgumentException($"A field table cannot hold a {value.GetType()}.", nameof(value)),
    };

    /// <summary>Same type and same content; 1 as int and 1 as long differ.</summary>
    public static new bool Equals(object? left, object? right) => (left, right) switch
    {
        (byte[] leftBytes, byte[] rightBytes) => leftBytes.AsSpan().SequenceEqual(rightBytes),
        _ => object.Equals(left, right),
    };

    /// <summary>A hash that agrees with <see cref="Equals(object?, object?)"/>.</summary>
    public static int GetHashCode(object? value)
    {
        if (value is not byte[] bytes)
        {
            return value?.GetHashCode() ?? 0;
        }

        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
