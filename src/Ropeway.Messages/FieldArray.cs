using System.Collections;

namespace Ropeway.Messages;

/// <summary>An array value of a <see cref="FieldTable"/>: values of any of its types, in order.</summary>
/// <remarks>Not thread-safe while changed. Equal when the values are equal in order; do not change one that is a key or was shared.</remarks>
public sealed class FieldArray : IReadOnlyList<object?>, IEquatable<FieldArray>
{
    private readonly List<object?> _items = [];

    /// <summary>An empty array.</summary>
    public FieldArray()
    {
    }

    /// <summary>An array of these values.</summary>
    /// <param name="items">Values of the types that <see cref="FieldTable"/> lists.</param>
    /// <exception cref="ArgumentException">A value has another type.</exception>
    public FieldArray(IEnumerable<object?> items)
    {
        foreach (object? item in items)
        {
            Add(item);
        }
    }

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public object? this[int index] => _items[index];

    /// <summary>Adds a value at the end.</summary>
    /// <param name="value">A value of the types that <see cref="FieldTable"/> lists.</param>
    /// <exception cref="ArgumentException">The value has another type.</exception>
    public void Add(object? value) => _items.Add(FieldValue.Checked(value));

    /// <inheritdoc/>
    public bool Equals(FieldArray? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        for (int i = 0; i < _items.Count; i++)
        {
            if (!FieldValue.Equals(_items[i], other._items[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldArray);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (object? item in _items)
        {
            hash.Add(FieldValue.GetHashCode(item));
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
