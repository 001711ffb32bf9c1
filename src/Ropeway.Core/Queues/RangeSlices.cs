using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>Goes through ranges of offsets once, in parts that are no longer than wanted. Stack only.</summary>
/// <param name="ranges">In the order in which they are given out.</param>
internal ref struct RangeSlices(ReadOnlySpan<OffsetRange> ranges)
{
    private ReadOnlySpan<OffsetRange> _ranges = ranges;
    private long _taken; // Of the first one.

    /// <summary>Gives out the next part.</summary>
    /// <param name="countMax">Most offsets in it, from 1.</param>
    /// <param name="part">A range, or a part of one.</param>
    /// <returns>False when nothing is left.</returns>
    public bool TryTake(long countMax, out OffsetRange part)
    {
        if (_ranges.IsEmpty)
        {
            part = default;
            return false;
        }

        OffsetRange first = _ranges[0];
        long start = first.Start + _taken;
        part = new OffsetRange(start, Math.Min(first.End, start + countMax));
        _taken += part.Count;
        if (part.End == first.End)
        {
            _ranges = _ranges[1..];
            _taken = 0;
        }

        return true;
    }
}
