using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ropeway.Messages;

/// <summary>A field table of AMQP 0-9-1: declare arguments, message headers, client properties. Names are kept in order of arrival.</summary>
/// <remarks>
/// Values: <see cref="bool"/>, <see cref="sbyte"/>, <see cref="byte"/>, <see cref="short"/>, <see cref="ushort"/>, <see cref="int"/>,
/// <see cref="uint"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="FieldDecimal"/>, <see cref="string"/>,
/// <see cref="byte"/> arrays, <see cref="FieldTimestamp"/>, <see cref="FieldTable"/>, <see cref="FieldArray"/> (also given as any
/// sequence of objects) and null. Equal when the same names hold equal values of the same types, in any order of names.
/// Not thread-safe while changed; do not change one that is a key or was shared. <see cref="FieldTableCodec"/> reads and writes it.
/// </remarks>
public sealed class FieldTable : IReadOnlyCollection<KeyValuePair<string, object?>>, IEquatable<FieldTable>
{
    /// <summary>Longest name in bytes of UTF-8.</summary>
    public const int NameBytesMax = byte.MaxValue;

    private OrderedDictionary<string, object?>? _fields; // Null while empty: hostile input is full of empty tables.

    /// <inheritdoc/>
    public int Count => _fields?.Count ?? 0;

    /// <summary>The value of a name; setting replaces in place or adds at the end.</summary>
    /// <param name="name">At most <see cref="NameBytesMax"/> bytes of UTF-8.</param>
    /// <exception cref="KeyNotFoundException">Get: no such name.</exception>
    /// <exception cref="ArgumentException">Set: the name is too long or the value has an unsupported type.</exception>
    public object? this[string name]
    {
        get => TryGet(name, out object? value) ? value : throw new KeyNotFoundException($"The table has no field '{name}'.");
        set
        {
            CheckName(name);
            _fields ??= new OrderedDictionary<string, object?>(StringComparer.Ordinal);
            _fields[name] = FieldValue.Checked(value);
        }
    }

    /// <summary>Adds a field at the end.</summary>
    /// <param name="name">At most <see cref="NameBytesMax"/> bytes of UTF-8.</param>
    /// <param name="value">A value of a supported type.</param>
    /// <exception cref="ArgumentException">The name is there already or too long, or the value has an unsupported type.</exception>
    public void Add(string name, object? value)
    {
        CheckName(name);
        _fields ??= new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        _fields.Add(name, FieldValue.Checked(value));
    }

    /// <summary>Removes a field.</summary>
    /// <param name="name">The name.</param>
    /// <returns>False when there was none.</returns>
    public bool Remove(string name) => _fields is not null && _fields.Remove(name);

    /// <summary>Whether there is a field of this name, null values included.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => _fields is not null && _fields.ContainsKey(name);

    /// <summary>Finds a field.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value, which may be null; null when false is returned.</param>
    public bool TryGet(string name, out object? value)
    {
        value = null;
        return _fields is not null && _fields.TryGetValue(name, out value);
    }

    /// <summary>Finds a text field.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The text; null when false is returned.</param>
    /// <returns>False when there is no such field or it is no text.</returns>
    public bool TryGetString(string name, [NotNullWhen(true)] out string? value)
    {
        value = TryGet(name, out object? found) ? found as string : null;
        return value is not null;
    }

    /// <summary>Finds a field of any integer type.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The number; 0 when false is returned.</param>
    /// <returns>False when there is no such field or it is no integer.</returns>
    public bool TryGetInteger(string name, out long value)
    {
        long? number = TryGet(name, out object? found)
            ? found switch
            {
                sbyte n => n,
                byte n => n,
                short n => n,
                ushort n => n,
                int n => n,
                uint n => n,
                long n => n,
                _ => null,
            }
            : null;
        value = number.GetValueOrDefault();
        return number.HasValue;
    }

    /// <summary>Finds a boolean field.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value; false when false is returned.</param>
    /// <returns>False when there is no such field or it is no boolean.</returns>
    public bool TryGetBoolean(string name, out bool value)
    {
        bool? flag = TryGet(name, out object? found) ? found as bool? : null;
        value = flag.GetValueOrDefault();
        return flag.HasValue;
    }

    /// <inheritdoc/>
    public bool Equals(FieldTable? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        foreach ((string name, object? value) in this)
        {
            if (!other.TryGet(name, out object? otherValue) || !FieldValue.Equals(value, otherValue))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldTable);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = Count;
        foreach ((string name, object? value) in this)
        {
            hash += HashCode.Combine(name, FieldValue.GetHashCode(value)); // A sum, because order does not count.
        }

        return hash;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        => (_fields ?? Enumerable.Empty<KeyValuePair<string, object?>>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void CheckName(string name)
    {
        if (name.Length > NameBytesMax / 3 && Encoding.UTF8.GetByteCount(name) > NameBytesMax)
        {
            throw new ArgumentException($"A field name holds at most {NameBytesMax} bytes of UTF-8.", nameof(name));
        }
    }
}
