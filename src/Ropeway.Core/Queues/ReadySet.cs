using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// The ready messages of one queue, in the order in which they are delivered: the returned ones first (they lie below the cursor),
/// then the unsettled ones from the cursor on. Reads them ahead of their delivery and keeps the delivery horizon. Guarded by the
/// log's gate. After a crash all unsettled messages are ready; those below the recovered horizon count as delivered before.
/// </summary>
/// <param name="log">The messages.</param>
/// <param name="maxPriority">The highest priority; 0 when priorities do not count.</param>
/// <param name="services">What the queue needs of the world.</param>
/// <param name="goesOn">Queued to the thread pool when a wait for the disk is over; calls <see cref="EndWaits"/> first.</param>
internal sealed class ReadySet(StoredLog log, int maxPriority, QueueServices services, IThreadPoolWorkItem goesOn) : ICommitWaiter, ILoadWaiter
{
    private readonly PriorityLevels? _levels = maxPriority > 0 ? new PriorityLevels(log, maxPriority) : null; // In place of what follows.
    private DeliveryHorizon? _horizon; // Made with the first delivery: most of very many queues are idle.
    private OffsetSet? _returned;
    private LogReader? _reader;
    private long _cursor = log.StartOffset;
    private bool _isAwaitingCommit;
    private volatile bool _loaded;
    private volatile bool _committed;

    /// <summary>The levels, when priorities count; else null.</summary>
    public PriorityLevels? Levels => _levels;

    /// <summary>Whether a read from disk is under way: nothing can be delivered meanwhile.</summary>
    public bool IsLoading { get; private set; }

    /// <summary>Whether something is under way that ends in the pool work item.</summary>
    public bool IsWaiting => IsLoading || _isAwaitingCommit;

    /// <summary>Offset of the first ready message; settled ones and gaps may lie between it and the first that can be read.</summary>
    public long First => _levels is not null ? _levels.First : _returned is { Count: > 0 } ? _returned.First : _cursor;

    /// <summary>The next ready message. Cold means: a wait has been started, or goes on, that ends in the pool work item.</summary>
    /// <param name="record">Valid until <see cref="Unpin"/>.</param>
    /// <param name="redelivered">Whether it was, or may have been, delivered before.</param>
    public ReadStatus Peek(out RecordView record, out bool redelivered) => Peek(isLeast: false, delivers: true, out record, out redelivered);

    /// <summary>As <see cref="Peek(out RecordView, out bool)"/>, for a message that leaves without being delivered: the delivery horizon does not matter.</summary>
    public ReadStatus PeekToDiscard(out RecordView record) => Peek(isLeast: false, delivers: false, out record, out _);

    /// <summary>As <see cref="PeekToDiscard"/>, for the message that a full queue drops: the first, with priorities that of the lowest.</summary>
    public ReadStatus PeekAtLeast(out RecordView record) => Peek(isLeast: true, delivers: false, out record, out _);

    /// <summary>The message that <see cref="Peek(out RecordView, out bool)"/> has found is delivered.</summary>
    public void Take(long offset)
    {
        if (_levels is not null)
        {
            _levels.Take(offset);
        }
        else if (offset == _cursor)
        {
            _cursor++;
        }
        else
        {
            _returned!.Remove(offset);
        }
    }

    /// <summary>Delivered messages become ready again, at their old places.</summary>
    public void Return(OffsetRange range)
    {
        if (_levels is not null)
        {
            _levels.Return(range);
        }
        else
        {
            (_returned ??= new OffsetSet()).AddRange(range.Start, range.End);
        }
    }

    /// <summary>
    /// Takes out messages that wait for their time, and makes room for those that may come back from being kept; at the start. They were
    /// delivered before it, and so, as far as is known, were all below them: nothing is lost by taking these for returned ones.
    /// </summary>
    /// <param name="postponed">Unsettled ones, ascending.</param>
    /// <param name="kept">Kept ones.</param>
    public void Withhold(OffsetRange[] postponed, IEnumerable<OffsetRange> kept)
    {
        if (_levels is not null)
        {
            foreach (OffsetRange range in postponed)
            {
                _levels.Take(range);
            }

            return;
        }

        _cursor = postponed.Concat(kept).Max(range => range.End);
        _returned = new OffsetSet();
        foreach ((OffsetRange range, _) in log.UnsettledRanges())
        {
            _returned.AddRange(range.Start, Math.Min(range.End, _cursor));
        }

        foreach (OffsetRange range in postponed)
        {
            _returned.RemoveRange(range.Start, range.End);
        }
    }

    /// <summary>Whether an unsettled message is ready.</summary>
    public bool Contains(long offset) => _levels is not null ? _levels.Contains(offset) : offset >= _cursor || (_returned is not null && _returned.Contains(offset));

    /// <summary>The message that a full queue drops, without reading it. There is one.</summary>
    public long FindLeast()
    {
        if (_levels is not null)
        {
            return _levels.Least;
        }

        if (_returned is not { Count: > 0 })
        {
            _cursor = log.NextUnsettled(_cursor);
        }

        return First;
    }

    /// <summary>Takes all ready messages out.</summary>
    /// <returns>Where they are; gaps and settled offsets may lie between them.</returns>
    public OffsetRange[] TakeAll()
    {
        if (_levels is not null)
        {
            return _levels.TakeAll();
        }

        var ranges = new List<OffsetRange>();
        if (_returned is not null)
        {
            ranges.AddRange(_returned.Ranges());
            _returned = null;
        }

        if (_cursor < log.EndOffset)
        {
            ranges.Add(new OffsetRange(_cursor, log.EndOffset));
            _cursor = log.EndOffset;
        }

        return [.. ranges];
    }

    /// <summary>Gives back the memory that <see cref="Peek(out RecordView, out bool)"/> reads from; at the end of each round of deliveries.</summary>
    public void Unpin() => _reader?.Unpin();

    /// <summary>Gives back what was read from disk, unless a read is under way: nobody is there to take it.</summary>
    public void Trim()
    {
        if (!IsLoading)
        {
            _reader?.Trim();
        }
    }

    /// <summary>Notes which waits are over; called first by the pool work item.</summary>
    public void EndWaits()
    {
        if (_committed)
        {
            _committed = false;
            _isAwaitingCommit = false;
        }

        if (_loaded)
        {
            _loaded = false;
            IsLoading = false;
        }
    }

    /// <summary>Lowers the delivery horizon to what was delivered.</summary>
    public void WriteExactHorizon()
    {
        long takenEnd = _levels?.TakenEnd ?? _cursor;
        if (log.PendingHorizon > takenEnd)
        {
            log.SetHorizonExactly(Math.Max(takenEnd, log.RecoveredHorizon));
        }
    }

    /// <summary>Ends reading for good; a read under way still ends in the pool work item.</summary>
    public void Close()
    {
        _returned = null;
        _reader?.Dispose();
        _reader = null;
    }

    void ICommitWaiter.OnCommitted(ulong committedIndex)
    {
        _committed = true;
        ThreadPool.UnsafeQueueUserWorkItem(goesOn, preferLocal: false);
    }

    void ILoadWaiter.OnLoaded()
    {
        _loaded = true;
        ThreadPool.UnsafeQueueUserWorkItem(goesOn, preferLocal: false);
    }

    private ReadStatus Peek(bool isLeast, bool delivers, out RecordView record, out bool redelivered)
    {
        record = default;
        redelivered = false;
        if (IsLoading)
        {
            return ReadStatus.Cold;
        }

        _reader ??= log.OpenReader();
        while (true)
        {
            long offset = isLeast && _levels is not null ? _levels.Least : First;
            bool isReturned = _levels?.IsReturned(offset) ?? _returned is { Count: > 0 };
            if (offset >= log.EndOffset)
            {
                return ReadStatus.Gone;
            }

            if (!isReturned && delivers && !MayDeliver(offset))
            {
                return ReadStatus.Cold;
            }

            ReadStatus status = _reader.TryRead(offset, out record);
            switch (status)
            {
                case ReadStatus.Found:
                    redelivered = isReturned || offset < log.RecoveredHorizon;
                    return status;
                case ReadStatus.Cold:
                    IsLoading = true;
                    _reader.Load(offset, this);
                    return status;
                case ReadStatus.Gone when _levels is not null:
                    _levels.Take(offset);
                    break;
                case ReadStatus.Gone when isReturned:
                    _returned!.Remove(offset);
                    break;
                case ReadStatus.Gone:
                    _cursor = log.NextUnsettled(offset + 1);
                    break;
                default:
                    return status;
            }
        }
    }

    private bool MayDeliver(long offset)
    {
        _horizon ??= new DeliveryHorizon(log, services.Time);
        if (_horizon.Covers(offset))
        {
            return true;
        }

        if (!_isAwaitingCommit)
        {
            _isAwaitingCommit = services.OnCommitted(_horizon.AwaitedIndex, this); // Its answer comes under this gate, however early.
            return !_isAwaitingCommit && _horizon.Covers(offset);
        }

        return false;
    }
}
