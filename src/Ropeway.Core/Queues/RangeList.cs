using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>Ranges of offsets in the order in which they were added; neighbours join. Kept and cleared by one owner, so that it allocates nothing once it has grown.</summary>
internal sealed class RangeList
{
    private OffsetRange[] _ranges = new OffsetRange[8];
    private int _count;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Offsets in the ranges.</summary>
    public long Count { get; private set; }

    /// <summary>Adds offsets from <paramref name="start"/>, exclusive <paramref name="end"/>.</summary>
    public void Add(long start, long end)
    {
        Count += end - start;
        if (_count > 0 && _ranges[_count - 1].End == start)
        {
            _ranges[_count - 1] = new OffsetRange(_ranges[_count - 1].Start, end);
            return;
        }

        if (_count == _ranges.Length)
        {
            Array.Resize(ref _ranges, _ranges.Length * 2);
        }

        _ranges[_count++] = new OffsetRange(start, end);
    }

    /// <summary>The ranges; valid until the next change.</summary>
    public ReadOnlySpan<OffsetRange> AsSpan() => _ranges.AsSpan(0, _count);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _count = 0;
        Count = 0;
    }
}
