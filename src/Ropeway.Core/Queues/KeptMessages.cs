using Ropeway.Core.Timing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// The acknowledged messages that one queue keeps for a time, by when they were acknowledged: in periods of a second, or of a 512th of
/// the time when that is longer. Made when the queue is to keep some; guarded by the queue's gate.
/// </summary>
/// <remarks>
/// The log knows which messages are kept, also after a crash; since when they are is known here only, and what a recovery has found
/// counts from then on. What is done to many messages is done in portions, with the gate left in between.
/// </remarks>
internal sealed class KeptMessages : Timed, IUnitWatcher
{
    private const int PortionMax = 4096;
    private const int PeriodCountMax = 512;
    private const long PeriodMsMin = 1000;

    private readonly SharedQueue _queue;
    private readonly Deadlines _deadlines;
    private readonly List<Period> _periods = []; // Oldest first. No offset is in two of them.
    private readonly List<(AtomicUnit Unit, OffsetRange Range)> _pending = [];
    private readonly RangeList _portion = new();
    private long _timeMs;
    private int _rewindCount;
    private bool _isStopped;

    /// <summary>Takes over what a recovery has found. <see cref="Apply"/> follows.</summary>
    /// <param name="queue">Whose messages they are.</param>
    /// <param name="deadlines">Of the whole broker.</param>
    public KeptMessages(SharedQueue queue, Deadlines deadlines)
    {
        _queue = queue;
        _deadlines = deadlines;
        IEnumerable<OffsetRange> kept = queue.Log.KeptRanges(0, queue.Log.EndOffset);
        foreach (OffsetRange range in queue.Purged?.Without(kept) ?? kept)
        {
            Add(range);
        }
    }

    /// <summary>Whether messages that are acknowledged now are kept.</summary>
    public bool IsOn => _timeMs > 0;

    /// <summary>Whether messages are on their way back: nothing is delivered meanwhile, so that they come in order.</summary>
    public bool IsRewinding => _rewindCount > 0;

    /// <summary>Another time holds from now on, also for the messages that are kept already.</summary>
    /// <param name="timeMs">Milliseconds; 0 to keep nothing.</param>
    public void Apply(long timeMs)
    {
        _timeMs = timeMs;
        Watch();
    }

    /// <summary>Messages are acknowledged.</summary>
    /// <param name="ranges">Delivered messages.</param>
    /// <param name="unit">The unit from whose end on they are, or null.</param>
    /// <returns>The commit index it is durable at; 0 when nothing had to be written.</returns>
    public ulong Keep(ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit)
    {
        foreach (OffsetRange range in ranges)
        {
            if (unit is null)
            {
                Add(range);
            }
            else
            {
                _pending.Add((unit, range));
            }
        }

        unit?.Watch(this);
        return _queue.Log.Keep(ranges, unit);
    }

    /// <summary>Makes kept messages ready again, at their places. No gate may be held.</summary>
    public RewindResult Rewind(RewindStart from)
    {
        lock (_queue.Log.Gate)
        {
            RewindStatus status = FindRefusal(from, out long wanted);
            if (status != RewindStatus.Done)
            {
                return new RewindResult(status, wanted);
            }

            _rewindCount++;
        }

        long count = 0;
        ulong index = 0;
        try
        {
            for (int portion = PortionMax; portion > 0; count += portion)
            {
                portion = RewindPortion(from, ref index);
            }
        }
        finally
        {
            lock (_queue.Log.Gate)
            {
                _rewindCount--;
            }

            _queue.Run();
        }

        return new RewindResult(RewindStatus.Done, count, index);
    }

    /// <summary>Nothing is kept or comes back any more: the queue is gone, or the broker stops.</summary>
    public void Stop()
    {
        _isStopped = true;
        _deadlines.Cancel(this);
    }

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        lock (_queue.Log.Gate)
        {
            Discard(nowMs);
        }
    }

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => _queue.OnFault(fault);

    void IUnitWatcher.OnUnitEnded(AtomicUnit unit, ulong index)
    {
        lock (_queue.Log.Gate)
        {
            foreach ((AtomicUnit owner, OffsetRange range) in _pending)
            {
                if (ReferenceEquals(owner, unit))
                {
                    foreach (OffsetRange kept in _queue.Log.KeptRanges(range.Start, range.End)) // None when the unit was dropped.
                    {
                        Add(kept);
                    }
                }
            }

            _pending.RemoveAll(pending => ReferenceEquals(pending.Unit, unit));
        }
    }

    private void Add(OffsetRange range)
    {
        long nowMs = _deadlines.NowMs;
        if (_periods.Count == 0 || nowMs - _periods[^1].StartMs >= Math.Max(PeriodMsMin, _timeMs / PeriodCountMax))
        {
            _periods.Add(new Period(nowMs));
            if (_periods.Count == 1)
            {
                Watch();
            }
        }

        Period period = _periods[^1];
        period.LastMs = Math.Max(period.LastMs, nowMs);
        period.Offsets.AddRange(range.Start, range.End);
    }

    private RewindStatus FindRefusal(RewindStart from, out long wanted)
    {
        wanted = 0;
        if (_isStopped || _queue.OutOfService is not null || !IsOn)
        {
            return _isStopped ? RewindStatus.QueueGone : _queue.OutOfService is not null ? RewindStatus.OutOfService : RewindStatus.NotKept;
        }

        foreach (Period period in _periods)
        {
            wanted += period.LastMs >= from.SinceMs ? period.Offsets.CountIn(from.Offset, OffsetSet.None) : 0;
        }

        // Their sizes are not known: they may be too large for any limit.
        EffectiveArguments arguments = _queue.Effective;
        bool mayDrop = arguments.MaxLengthBytes is not null || _queue.ReadyCount + _queue.PostponedCount + wanted > (arguments.MaxLength ?? long.MaxValue);
        return mayDrop && wanted > 0 && arguments.Overflow == Overflow.DropHead ? RewindStatus.TooLong : RewindStatus.Done;
    }

    /// <returns>How many messages are ready again; 0 when there is none any more.</returns>
    private int RewindPortion(RewindStart from, ref ulong index)
    {
        lock (_queue.Log.Gate)
        {
            _portion.Clear();
            foreach (Period period in _periods)
            {
                if (period.LastMs >= from.SinceMs)
                {
                    MoveToPortion(period, from.Offset);
                }
            }

            if (!_isStopped && !_portion.IsEmpty)
            {
                _periods.RemoveAll(static period => period.Offsets.Count == 0);
                index = Math.Max(index, _queue.Revive(_portion.AsSpan()));
                return (int)_portion.Count;
            }

            return 0;
        }
    }

    /// <summary>Settles a portion of what was kept long enough.</summary>
    private void Discard(long nowMs)
    {
        _portion.Clear();
        while (_periods.Count > 0 && nowMs - _periods[0].LastMs >= _timeMs && _portion.Count < PortionMax)
        {
            MoveToPortion(_periods[0], from: 0);
            if (_periods[0].Offsets.Count == 0)
            {
                _periods.RemoveAt(0);
            }
        }

        if (!_isStopped && !_portion.IsEmpty)
        {
            _queue.Log.Settle(_portion.AsSpan());
        }

        Watch();
    }

    private void MoveToPortion(Period period, long from)
    {
        for (long start = period.Offsets.NextSet(from); start != OffsetSet.None && _portion.Count < PortionMax; start = period.Offsets.NextSet(start))
        {
            long end = Math.Min(period.Offsets.NextUnset(start), start + PortionMax - _portion.Count);
            period.Offsets.RemoveRange(start, end);
            _portion.Add(start, end);
        }
    }

    /// <summary>Has the queue called when the oldest messages are to go; it may be called too early, because more came to them.</summary>
    private void Watch()
    {
        if (_periods.Count > 0 && !_isStopped)
        {
            long lastMs = _periods[0].LastMs;
            _deadlines.Set(this, lastMs + Math.Min(_timeMs, long.MaxValue - lastMs));
        }
    }

    /// <summary>Messages that were acknowledged in one short time.</summary>
    private sealed class Period(long startMs)
    {
        public long StartMs { get; } = startMs;

        /// <summary>When the last of them was acknowledged.</summary>
        public long LastMs { get; set; } = startMs;

        public OffsetSet Offsets { get; } = new();
    }
}
