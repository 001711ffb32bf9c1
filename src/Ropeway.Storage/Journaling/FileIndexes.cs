namespace Ropeway.Storage.Journaling;

/// <summary>The first index in each live journal file. Any thread may call it; its lock is innermost.</summary>
internal sealed class FileIndexes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, ulong> _firstIndexes = []; // By file number.

    public void Add(long number, ulong firstIndex)
    {
        lock (_gate)
        {
            _firstIndexes[number] = firstIndex;
        }
    }

    public void RemoveBelow(long number)
    {
        lock (_gate)
        {
            foreach (long candidate in _firstIndexes.Keys)
            {
                if (candidate < number)
                {
                    _firstIndexes.Remove(candidate);
                }
            }
        }
    }

    public bool TryGet(long number, out ulong firstIndex)
    {
        lock (_gate)
        {
            return _firstIndexes.TryGetValue(number, out firstIndex);
        }
    }

    /// <summary>The last file whose first index is not above an index.</summary>
    /// <returns>False when the index lies before the oldest live file.</returns>
    public bool TryFind(ulong index, out long number)
    {
        number = -1;
        lock (_gate)
        {
            foreach ((long candidate, ulong first) in _firstIndexes)
            {
                if (first <= index && candidate > number)
                {
                    number = candidate;
                }
            }
        }

        return number >= 0;
    }
}
