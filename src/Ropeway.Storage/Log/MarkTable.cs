namespace Ropeway.Storage;

/// <summary>The marks of one log, in no order. Used under its gate; about 40 bytes for each mark.</summary>
internal sealed class MarkTable
{
    private readonly Dictionary<long, ulong> _values = [];

    public int Count => _values.Count;

    public bool TryGet(long offset, out ulong value) => _values.TryGetValue(offset, out value);

    /// <summary>Sets a mark; 0 removes it.</summary>
    public void Set(long offset, ulong value)
    {
        if (value == 0)
        {
            _values.Remove(offset);
        }
        else
        {
            _values[offset] = value;
        }
    }

    /// <summary>Removes the marks in [start, end).</summary>
    public void RemoveRange(long start, long end)
    {
        if (end - start > _values.Count)
        {
            RemoveWhere((start, end), static (range, offset) => offset >= range.start && offset < range.end);
            return;
        }

        for (long offset = start; offset < end; offset++)
        {
            _values.Remove(offset);
        }
    }

    /// <summary>Removes the marks whose offset fulfils a condition.</summary>
    public void RemoveWhere<T>(T state, Func<T, long, bool> condition)
    {
        foreach (long offset in _values.Keys) // Removing while enumerating is allowed.
        {
            if (condition(state, offset))
            {
                _values.Remove(offset);
            }
        }
    }

    /// <summary>All marks; the table must not change meanwhile.</summary>
    public IEnumerable<OffsetMark> All() => _values.Select(pair => new OffsetMark(pair.Key, pair.Value));
}
