namespace Ropeway.Core.Delays;

/// <summary>The waiting messages as a binary heap, 16 bytes each: the first is at hand, the others are not in order. Guarded by the gate of the log that the messages lie in.</summary>
internal sealed class DelayHeap
{
    private const int KeptMin = 1024;

    private DelayEntry[] _entries = [];

    /// <summary>Entries in it.</summary>
    public int Count { get; private set; }

    /// <summary>The one that is due first.</summary>
    public bool TryPeek(out DelayEntry first)
    {
        first = Count == 0 ? default : _entries[0];
        return Count > 0;
    }

    /// <summary>Adds an entry.</summary>
    public void Add(DelayEntry entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(16, Count * 2));
        }

        RaiseFrom(Count++, entry);
    }

    /// <summary>Removes the one that is due first.</summary>
    public void RemoveFirst()
    {
        DelayEntry last = _entries[--Count];
        if (Count > 0)
        {
            SinkFrom(0, last);
        }

        if (_entries.Length > KeptMin && Count < _entries.Length / 4)
        {
            Array.Resize(ref _entries, _entries.Length / 2);
        }
    }

    /// <summary>Removes all for which <paramref name="isGone"/> holds.</summary>
    public void RemoveAll(Predicate<DelayEntry> isGone)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!isGone(_entries[i]))
            {
                _entries[kept++] = _entries[i];
            }
        }

        Count = kept;
        for (int place = (kept / 2) - 1; place >= 0; place--)
        {
            SinkFrom(place, _entries[place]);
        }
    }

    /// <summary>The first entries behind a place in the order of their times: one pass over all.</summary>
    /// <param name="after">The place.</param>
    /// <param name="countMax">How many at most, from 1.</param>
    /// <param name="isGone">Says which do not count.</param>
    public DelayEntry[] ListAfter(DelayEntry after, int countMax, Predicate<DelayEntry> isGone)
    {
        var latestFirst = new PriorityQueue<DelayEntry, DelayEntry>(Comparer<DelayEntry>.Create(static (left, right) => right.CompareTo(left)));
        foreach (DelayEntry entry in _entries.AsSpan(0, Count))
        {
            bool isWanted = entry > after && (latestFirst.Count < countMax || entry < latestFirst.Peek());
            if (!isWanted || isGone(entry))
            {
                continue;
            }

            if (latestFirst.Count == countMax)
            {
                latestFirst.Dequeue();
            }

            latestFirst.Enqueue(entry, entry);
        }

        return [.. latestFirst.UnorderedItems.Select(static item => item.Element).Order()];
    }

    private void RaiseFrom(int place, DelayEntry entry)
    {
        while (place > 0 && entry < _entries[(place - 1) / 2])
        {
            _entries[place] = _entries[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        _entries[place] = entry;
    }

    private void SinkFrom(int place, DelayEntry entry)
    {
        while (true)
        {
            int child = (place * 2) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _entries[child + 1] < _entries[child])
            {
                child++;
            }

            if (entry <= _entries[child])
            {
                break;
            }

            _entries[place] = _entries[child];
            place = child;
        }

        _entries[place] = entry;
    }
}
