using Ropeway.Core.Timing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Messages that were purged from one queue and can come back for a time: the store keeps them, nobody gets them. Made with the first
/// such purge; guarded by the queue's gate.
/// </summary>
/// <remarks>What was put aside is known here only: a restart takes it for what the queue keeps of acknowledged messages, or drops it.</remarks>
/// <param name="queue">The queue.</param>
/// <param name="deadlines">Of the whole broker.</param>
internal sealed class PurgedMessages(SharedQueue queue, Deadlines deadlines) : Timed
{
    private const int PortionMax = 4096;

    private readonly List<Purged> _purges = []; // The oldest first.
    private long _lastId;
    private bool _isStopped;

    /// <summary>Messages that are put aside.</summary>
    public long Count => _purges.Sum(purge => purge.Offsets.Count);

    /// <summary>Puts messages aside that were taken out of the queue.</summary>
    /// <param name="ranges">Where they are; settled and kept ones may lie between them.</param>
    /// <param name="untilMs">Until when they can come back, in milliseconds since the Unix epoch.</param>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <returns>Names them for <see cref="UndoPortion"/>.</returns>
    public long Add(OffsetRange[] ranges, long untilMs, out ulong index)
    {
        var purge = new Purged(++_lastId, untilMs);
        foreach (OffsetRange range in ranges.SelectMany(range => queue.Log.UnsettledRanges(range.Start, range.End)))
        {
            purge.Offsets.AddRange(range.Start, range.End);
        }

        _purges.Add(purge);
        index = queue.Log.Keep([.. purge.Offsets.Ranges()]);
        Watch();
        return purge.Id;
    }

    /// <summary>How many messages can come back; null when that time is over.</summary>
    public long? CountOf(long id) => Find(id)?.Offsets.Count;

    /// <summary>Makes some of the messages ready again, at their places.</summary>
    /// <returns>False when there are no more.</returns>
    public bool UndoPortion(long id, ref ulong index)
    {
        if (_isStopped || Find(id) is not { } purge)
        {
            return false;
        }

        index = Math.Max(index, queue.Revive(TakePortion(purge)));
        if (purge.Offsets.Count == 0)
        {
            _purges.Remove(purge);
        }

        return true;
    }

    /// <summary>The parts of some ranges that are not put aside.</summary>
    public IEnumerable<OffsetRange> Without(IEnumerable<OffsetRange> ranges)
    {
        var aside = new OffsetSet();
        foreach (OffsetRange range in _purges.SelectMany(purge => purge.Offsets.Ranges()))
        {
            aside.AddRange(range.Start, range.End);
        }

        foreach (OffsetRange range in ranges)
        {
            for (long start = aside.NextUnset(range.Start); start < range.End; start = aside.NextUnset(start))
            {
                long end = aside.NextSet(start) is var next && next == OffsetSet.None ? range.End : Math.Min(next, range.End);
                yield return new OffsetRange(start, end);
                start = end;
            }
        }
    }

    /// <summary>Nothing comes back any more: the queue is gone, or the broker stops.</summary>
    public void Stop()
    {
        _isStopped = true;
        deadlines.Cancel(this);
    }

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        lock (queue.Log.Gate)
        {
            if (!_isStopped && _purges.Count > 0 && _purges[0].UntilMs <= nowMs)
            {
                queue.Log.Settle(TakePortion(_purges[0]));
                if (_purges[0].Offsets.Count == 0)
                {
                    _purges.RemoveAt(0);
                }
            }

            Watch();
        }
    }

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => queue.OnFault(fault);

    private static OffsetRange[] TakePortion(Purged purge)
    {
        var portion = new RangeList();
        for (long start = purge.Offsets.NextSet(0); start != OffsetSet.None && portion.Count < PortionMax; start = purge.Offsets.NextSet(start))
        {
            long end = Math.Min(purge.Offsets.NextUnset(start), start + PortionMax - portion.Count);
            purge.Offsets.RemoveRange(start, end);
            portion.Add(start, end);
        }

        return portion.AsSpan().ToArray();
    }

    private Purged? Find(long id) => _purges.Find(purge => purge.Id == id);

    private void Watch()
    {
        if (_purges.Count > 0 && !_isStopped)
        {
            deadlines.Set(this, _purges[0].UntilMs);
        }
    }

    /// <summary>What one purge has taken.</summary>
    private sealed record Purged(long Id, long UntilMs)
    {
        public OffsetSet Offsets { get; } = new();
    }
}
