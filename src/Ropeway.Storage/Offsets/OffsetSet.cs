namespace Ropeway.Storage;

/// <summary>
/// An ordered set of offsets (0 or more), compact for ranges and for scattered members alike: full chunks in a row cost one entry,
/// any other chunk of 4,096 offsets a 512-byte bitmap. Reading and taking from the front allocate nothing. Not thread-safe.
/// </summary>
public sealed class OffsetSet
{
    /// <summary>What <see cref="First"/> and <see cref="NextSet"/> answer when there is no such member.</summary>
    public const long None = long.MaxValue;

    private const int Shift = OffsetSetEntry.ChunkShift;
    private const long ChunkMask = OffsetSetEntry.ChunkOffsets - 1;

    private OffsetSetEntry[] _entries = [];
    private int _head;
    private int _used; // Live entries are [_head, _head + _used).

    /// <summary>Members.</summary>
    public long Count { get; private set; }

    /// <summary>The lowest member, or <see cref="None"/>.</summary>
    public long First
    {
        get
        {
            if (_used == 0)
            {
                return None;
            }

            ref OffsetSetEntry entry = ref _entries[_head];
            return (entry.Key << Shift) + (entry.Bits is null ? 0 : OffsetSetEntry.Find(entry.Bits, 0, set: true));
        }
    }

    internal int EntryCount => _used;

    internal ReadOnlySpan<OffsetSetEntry> Entries => _entries.AsSpan(_head, _used);

    /// <summary>Adds one offset (0 or more); false when it was a member already.</summary>
    public bool Add(long offset) => AddRange(offset, offset + 1) == 1;

    /// <summary>Adds [start, end); returns how many were new.</summary>
    public long AddRange(long start, long end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        long before = Count;
        while (start < end)
        {
            long key = start >> Shift;
            long endKey = end >> Shift;
            int from = (int)(start & ChunkMask);
            if (from == 0 && endKey > key)
            {
                FillChunks(key, endKey);
                start = endKey << Shift;
            }
            else
            {
                int to = (int)Math.Min(OffsetSetEntry.ChunkOffsets, end - (key << Shift));
                SetBits(key, from, to);
                start = (key << Shift) + to;
            }
        }

        return Count - before;
    }

    /// <summary>Removes one offset; false when it was no member.</summary>
    public bool Remove(long offset) => RemoveRange(offset, offset + 1) == 1;

    /// <summary>Removes [start, end); returns how many were members.</summary>
    public long RemoveRange(long start, long end)
    {
        long before = Count;
        start = Math.Max(0, start);
        while (start < end && _used > 0)
        {
            long key = start >> Shift;
            long endKey = end >> Shift;
            int from = (int)(start & ChunkMask);
            if (from == 0 && endKey > key)
            {
                DropChunks(key, endKey);
                start = endKey << Shift;
            }
            else
            {
                int to = (int)Math.Min(OffsetSetEntry.ChunkOffsets, end - (key << Shift));
                ClearBits(key, from, to);
                start = (key << Shift) + to;
            }
        }

        return before - Count;
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        for (int i = _head; i < _head + _used; i++)
        {
            Free(ref _entries[i]);
        }

        _entries = [];
        _head = 0;
        _used = 0;
        Count = 0;
    }

    /// <summary>True when the offset is a member.</summary>
    public bool Contains(long offset)
    {
        long key = offset >> Shift;
        int i = Find(key);
        if (i == _head + _used)
        {
            return false;
        }

        ref OffsetSetEntry entry = ref _entries[i];
        int bit = (int)(offset & ChunkMask);
        return entry.Key <= key && (entry.Bits is null || (entry.Bits[bit >> 6] >> (bit & 63) & 1) != 0);
    }

    /// <summary>How many members [start, end) has.</summary>
    public long CountIn(long start, long end)
    {
        long count = 0;
        for (int i = Find(start >> Shift); i < _head + _used; i++)
        {
            ref OffsetSetEntry entry = ref _entries[i];
            long first = entry.Key << Shift;
            long low = Math.Max(start, first);
            long high = Math.Min(end, entry.EndKey << Shift);
            if (low >= high)
            {
                break;
            }

            count += entry.Bits is null ? high - low : OffsetSetEntry.CountIn(entry.Bits, (int)(low - first), (int)(high - first));
        }

        return count;
    }

    /// <summary>The lowest member at or above <paramref name="from"/>, or <see cref="None"/>.</summary>
    public long NextSet(long from)
    {
        from = Math.Max(0, from);
        for (int i = Find(from >> Shift); i < _head + _used; i++)
        {
            ref OffsetSetEntry entry = ref _entries[i];
            long first = entry.Key << Shift;
            if (entry.Bits is null)
            {
                return Math.Max(first, from);
            }

            int bit = OffsetSetEntry.Find(entry.Bits, (int)Math.Max(0, from - first), set: true);
            if (bit < OffsetSetEntry.ChunkOffsets)
            {
                return first + bit;
            }
        }

        return None;
    }

    /// <summary>The lowest offset at or above <paramref name="from"/> that is no member.</summary>
    public long NextUnset(long from)
    {
        from = Math.Max(0, from);
        for (int i = Find(from >> Shift); i < _head + _used; i++)
        {
            ref OffsetSetEntry entry = ref _entries[i];
            long first = entry.Key << Shift;
            if (from < first)
            {
                break;
            }

            if (entry.Bits is not null)
            {
                int bit = OffsetSetEntry.Find(entry.Bits, (int)(from - first), set: false);
                if (bit < OffsetSetEntry.ChunkOffsets)
                {
                    return first + bit;
                }
            }

            from = entry.EndKey << Shift;
        }

        return from;
    }

    /// <summary>The members as maximal ranges in ascending order. The set must not change meanwhile.</summary>
    public IEnumerable<OffsetRange> Ranges()
    {
        for (long start = First; start != None;)
        {
            long end = NextUnset(start);
            yield return new OffsetRange(start, end);
            start = NextSet(end);
        }
    }

    /// <summary>The first entry that ends behind <paramref name="key"/>; one past the last when there is none.</summary>
    private int Find(long key)
    {
        int low = _head;
        int high = _head + _used;
        if (low < high && _entries[high - 1].EndKey <= key)
        {
            return high; // Most additions are at the end.
        }

        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].EndKey <= key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void SetBits(long key, int from, int to)
    {
        int i = Find(key);
        if (i == _head + _used || _entries[i].Key > key)
        {
            i = Insert(i, new OffsetSetEntry { Key = key, Chunks = 1, Bits = OffsetBitmapPool.Rent() });
        }

        ref OffsetSetEntry entry = ref _entries[i];
        if (entry.Bits is null)
        {
            return;
        }

        int added = OffsetSetEntry.Write(entry.Bits, from, to, set: true);
        entry.BitCount += added;
        Count += added;
        if (entry.BitCount == OffsetSetEntry.ChunkOffsets)
        {
            OffsetBitmapPool.Return(entry.Bits);
            entry.Bits = null;
            MergeFull(i);
        }
    }

    private void ClearBits(long key, int from, int to)
    {
        int i = Find(key);
        if (i == _head + _used || _entries[i].Key > key)
        {
            return;
        }

        if (_entries[i].Bits is null)
        {
            i = Isolate(key);
            ulong[] full = OffsetBitmapPool.Rent();
            Array.Fill(full, ulong.MaxValue);
            _entries[i].Bits = full;
            _entries[i].BitCount = OffsetSetEntry.ChunkOffsets;
        }

        ref OffsetSetEntry entry = ref _entries[i];
        int removed = OffsetSetEntry.Write(entry.Bits!, from, to, set: false);
        entry.BitCount -= removed;
        Count -= removed;
        if (entry.BitCount == 0)
        {
            Delete(i, 1);
        }
    }

    private void FillChunks(long key, long endKey)
    {
        DropChunks(key, endKey);
        int i = Insert(Find(key), OffsetSetEntry.Full(key, endKey));
        Count += (endKey - key) << Shift;
        MergeFull(i);
    }

    private void DropChunks(long key, long endKey)
    {
        SplitAt(endKey);
        int first = SplitAt(key);
        int last = Find(endKey);
        for (int i = first; i < last; i++)
        {
            Count -= _entries[i].Count;
        }

        Delete(first, last - first);
    }

    /// <summary>Makes <paramref name="key"/> a boundary between entries; returns the first entry at or behind it.</summary>
    private int SplitAt(long key)
    {
        int i = Find(key);
        if (i == _head + _used || _entries[i].Key >= key)
        {
            return i;
        }

        OffsetSetEntry behind = OffsetSetEntry.Full(key, _entries[i].EndKey); // Only full entries have more than one chunk.
        _entries[i].Chunks = key - _entries[i].Key;
        return Insert(i + 1, behind);
    }

    /// <summary>Makes one chunk of a full entry an entry of its own; returns its place.</summary>
    private int Isolate(long key)
    {
        SplitAt(key + 1);
        return SplitAt(key);
    }

    private void MergeFull(int i)
    {
        if (i + 1 < _head + _used && _entries[i + 1].Bits is null && _entries[i + 1].Key == _entries[i].EndKey)
        {
            _entries[i].Chunks += _entries[i + 1].Chunks;
            Delete(i + 1, 1);
        }

        if (i > _head && _entries[i - 1].Bits is null && _entries[i - 1].EndKey == _entries[i].Key)
        {
            _entries[i - 1].Chunks += _entries[i].Chunks;
            Delete(i, 1);
        }
    }

    private int Insert(int i, OffsetSetEntry entry)
    {
        if (_head + _used == _entries.Length)
        {
            i -= MakeRoom();
        }

        Array.Copy(_entries, i, _entries, i + 1, _head + _used - i);
        _entries[i] = entry;
        _used++;
        return i;
    }

    /// <summary>Moves the entries to the front, into a larger array when there is little to win; returns by how much they moved.</summary>
    private int MakeRoom()
    {
        int moved = _head;
        OffsetSetEntry[] target = _head > _entries.Length / 2 ? _entries : new OffsetSetEntry[Math.Max(4, _used * 2)];
        Array.Copy(_entries, _head, target, 0, _used);
        if (target == _entries)
        {
            Array.Clear(_entries, _used, _entries.Length - _used);
        }

        _entries = target;
        _head = 0;
        return moved;
    }

    private void Delete(int i, int count)
    {
        for (int j = i; j < i + count; j++)
        {
            Free(ref _entries[j]);
        }

        if (i == _head)
        {
            _head += count;
        }
        else
        {
            Array.Copy(_entries, i + count, _entries, i, _head + _used - i - count);
            Array.Clear(_entries, _head + _used - count, count); // The moved bitmaps belong to one entry each.
        }

        _used -= count;
        if (_used == 0)
        {
            _head = 0;
        }
    }

    private static void Free(ref OffsetSetEntry entry)
    {
        if (entry.Bits is not null)
        {
            OffsetBitmapPool.Return(entry.Bits);
        }

        entry = default;
    }
}
