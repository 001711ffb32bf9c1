namespace Ropeway.Core.Routing;

/// <summary>
/// Bindings by the whole routing key: one probe leads to the binding itself, however many there are. Any thread may route without a
/// lock while one writer, under the virtual host's gate, adds and removes.
/// </summary>
internal sealed class KeyBindings
{
    private readonly HashSlots<object> _slots = new(); // Of OneOrMany.

    /// <summary>Adds the destinations of the bindings with this key.</summary>
    public void Route(ReadOnlySpan<byte> key, RouteResult result)
    {
        if (_slots.Count != 0)
        {
            OneOrMany.Route(Find(KeyHash.Compute(key), key), result);
        }
    }

    /// <summary>Adds a binding that is not there.</summary>
    /// <param name="key">Its routing key.</param>
    /// <param name="binding">The binding.</param>
    public void Add(ReadOnlySpan<byte> key, Binding binding)
    {
        ulong hash = KeyHash.Compute(key);
        object? found = Find(hash, key);
        object changed = OneOrMany.Add(found, binding);
        if (found is null)
        {
            _slots.Add(hash, changed);
        }
        else if (!ReferenceEquals(found, changed))
        {
            _slots.Replace(hash, found, changed);
        }
    }

    /// <summary>Removes a binding that is there.</summary>
    /// <param name="key">Its routing key.</param>
    /// <param name="binding">The binding.</param>
    public void Remove(ReadOnlySpan<byte> key, Binding binding)
    {
        ulong hash = KeyHash.Compute(key);
        object? found = Find(hash, key);
        if (OneOrMany.Remove(found, binding) is null)
        {
            _slots.Remove(hash, found!);
        }
    }

    private object? Find(ulong hash, ReadOnlySpan<byte> key)
    {
        foreach (object candidate in _slots.Find(hash))
        {
            if (OneOrMany.HaveKey(candidate, key))
            {
                return candidate;
            }
        }

        return null;
    }
}
