using Ropeway.Core.Queues.Groups;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// The ready messages of one queue, in the order in which they are delivered: the returned ones first (they lie below the cursor),
/// then the unsettled ones from the cursor on. Reads them ahead of their delivery and keeps the delivery horizon. Guarded by the
/// log's gate. After a crash all unsettled messages are ready; those below the recovered horizon count as delivered before.
/// </summary>
internal sealed class ReadySet : ICommitWaiter, ILoadWaiter
{
    private readonly StoredLog _log;
    private readonly Queue _queue;
    private readonly PriorityLevels? _levels; // In place of what follows.
    private DeliveryHorizon? _horizon; // Made with the first delivery: most of very many queues are idle.
    private OffsetSet? _returned;
    private OffsetSet? _withdrawn; // At or above the cursor, and not ready: somebody takes them elsewhere.
    private ParkedMessages? _parked; // Made when messages have groups.
    private LogReader? _reader;
    private long _cursor;
    private bool _isAwaitingCommit;
    private volatile bool _loaded;
    private volatile bool _committed;

    /// <summary>Makes the set of a queue whose log is there.</summary>
    /// <param name="queue">The queue. It is queued to the thread pool when a wait for the disk is over, and calls <see cref="EndWaits"/> first.</param>
    /// <param name="maxPriority">The highest priority; 0 when priorities do not count.</param>
    public ReadySet(Queue queue, int maxPriority)
    {
        _log = queue.Log;
        _queue = queue;
        _levels = maxPriority > 0 ? new PriorityLevels(_log, maxPriority) : null;
        _cursor = _log.StartOffset;
    }

    /// <summary>The levels, when priorities count; else null.</summary>
    public PriorityLevels? Levels => _levels;

    /// <summary>Whether a read from disk is under way: nothing can be delivered meanwhile.</summary>
    public bool IsLoading { get; private set; }

    /// <summary>Whether something is under way that ends in the pool work item.</summary>
    public bool IsWaiting => IsLoading || _isAwaitingCommit;

    /// <summary>Offset of the first ready message, also when it is parked; settled ones and gaps may lie between it and the first that can be read.</summary>
    public long First => _parked is { IsEmpty: false } parked ? OffsetAt(Math.Min(parked.First, PlaceOf(FirstOffered))) : FirstOffered;

    /// <summary>Who may have a message; null when messages have no groups.</summary>
    public MessageGroups? Groups => _parked?.Groups;

    private long FirstOffered => _levels is not null ? _levels.First : _returned is { Count: > 0 } ? _returned.First : _cursor;

    private long Least => _levels is null ? First : OffsetAt(LeastPlace(_levels));

    /// <summary>The offset of the message at a place.</summary>
    public static long OffsetAt(long place) => place & ((1L << ParkedMessages.OffsetBits) - 1);

    /// <summary>A number for a ready message's place in the order of delivery: what comes first has the lower one.</summary>
    public long PlaceOf(long offset) => _levels is null ? offset : ((long)(_levels.Max - _levels.LevelOf(_log.TagOf(offset))) << ParkedMessages.OffsetBits) | offset;

    /// <summary>The next ready message that is offered. Cold means: a wait has been started, or goes on, that ends in the pool work item.</summary>
    /// <param name="record">Valid until <see cref="Unpin"/>.</param>
    /// <param name="redelivered">Whether it was, or may have been, delivered before.</param>
    public ReadStatus Peek(out RecordView record, out bool redelivered) => Peek(isLeast: false, delivers: true, out record, out redelivered);

    /// <summary>Reads any message. Cold as for <see cref="Peek(out RecordView, out bool)"/>.</summary>
    public ReadStatus Read(long offset, out RecordView record)
    {
        record = default;
        if (IsLoading)
        {
            return ReadStatus.Cold;
        }

        _reader ??= _log.OpenReader();
        ReadStatus status = _reader.TryRead(offset, out record);
        if (status == ReadStatus.Cold)
        {
            IsLoading = true;
            _reader.Load(offset, this);
        }

        return status;
    }

    /// <summary>As <see cref="Peek(out RecordView, out bool)"/>, also when it is parked, for a message that leaves without being delivered: the delivery horizon does not matter.</summary>
    public ReadStatus PeekToDiscard(out RecordView record) => Peek(isLeast: false, delivers: false, out record, out _);

    /// <summary>As <see cref="PeekToDiscard"/>, for the message that a full queue drops: the first, with priorities that of the lowest.</summary>
    public ReadStatus PeekAtLeast(out RecordView record) => Peek(isLeast: true, delivers: false, out record, out _);

    /// <summary>The message that was found is delivered, or leaves.</summary>
    public void Take(long offset)
    {
        if (_levels is null && offset == _cursor)
        {
            _cursor++;
            return;
        }

        _levels?.Take(offset);
        _returned?.Remove(offset);
        _parked?.Forget(offset, PlaceOf(offset));
    }

    /// <summary>The message that was found leaves without having been delivered.</summary>
    public void Drop(long offset)
    {
        Take(offset);
        Groups?.Forget(offset);
    }

    /// <summary>From now on messages have groups, or have none.</summary>
    /// <param name="queue">The queue; it looks again on a pool thread when messages are offered that were parked.</param>
    /// <param name="on">Whether they have.</param>
    /// <param name="postponed">Messages that wait until they are ready again.</param>
    public void SwitchGroups(SharedQueue queue, bool on, Postponed? postponed)
    {
        if (on)
        {
            var groups = new MessageGroups(this, queue, postponed?.Ranges() ?? []);
            _parked ??= new ParkedMessages(groups); // It may still know of messages that nobody has had.
            _parked.Groups = groups;
            return;
        }

        foreach (long place in _parked!.TakeAll())
        {
            Offer(place);
        }

        _parked.Groups!.End();
        _parked.Groups = null;
        queue.RunSoon();
    }

    /// <summary>Offers a ready message to nobody until it is unparked; it stays ready for everything else.</summary>
    public void Park(long offset, long place)
    {
        if (_levels is not null)
        {
            _levels.PutAside(offset, _levels.LevelAt(place));
        }
        else if (offset == _cursor)
        {
            _cursor++;
            _parked!.AddFresh(offset);
        }
        else
        {
            _returned!.Remove(offset);
        }

        _parked!.Add(place);
    }

    /// <summary>Offers a message again, if it is parked.</summary>
    public void Unpark(long place)
    {
        if (_parked!.Remove(place))
        {
            Offer(place);
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
        foreach ((OffsetRange range, _) in _log.UnsettledRanges())
        {
            _returned.AddRange(range.Start, Math.Min(range.End, _cursor));
        }

        foreach (OffsetRange range in postponed)
        {
            _returned.RemoveRange(range.Start, range.End);
        }
    }

    /// <summary>Whether an unsettled message is ready.</summary>
    public bool Contains(long offset) =>
        (_levels is not null ? _levels.Contains(offset) : offset >= _cursor ? !IsWithdrawn(offset) : _returned is not null && _returned.Contains(offset))
        || (_parked is not null && _parked.Contains(PlaceOf(offset)));

    /// <summary>Whether a ready message counts as redelivered.</summary>
    public bool WasDelivered(long offset) =>
        offset < _log.RecoveredHorizon || ((_levels?.IsReturned(offset) ?? offset < _cursor) && !(_parked is not null && _parked.IsFresh(offset)));

    /// <summary>The message that a full queue drops, without reading it. There is one.</summary>
    public long FindLeast()
    {
        if (_levels is null && First == _cursor)
        {
            _cursor = NextOwn(_cursor);
        }

        return Least;
    }

    /// <summary>Takes all ready messages out.</summary>
    /// <returns>Where they are; gaps and settled offsets may lie between them.</returns>
    public OffsetRange[] TakeAll()
    {
        var ranges = new List<OffsetRange>();
        if (_parked is not null)
        {
            ranges.AddRange(_parked.TakeAll().Select(OffsetAt).Select(offset => new OffsetRange(offset, offset + 1)));
            _parked.Clear();
        }

        if (_levels is not null)
        {
            return [.. ranges, .. _levels.TakeAll()];
        }

        if (_returned is not null)
        {
            ranges.AddRange(_returned.Ranges());
            _returned = null;
        }

        while (_cursor < _log.EndOffset)
        {
            long end = Math.Min(_withdrawn?.NextSet(_cursor) ?? _log.EndOffset, _log.EndOffset);
            ranges.Add(new OffsetRange(_cursor, end));
            _cursor = _withdrawn?.NextUnset(end) ?? end;
        }

        _cursor = _log.EndOffset;
        _withdrawn = null;
        return [.. ranges];
    }

    /// <summary>Takes a ready message out wherever it stands, to give it elsewhere. <see cref="GiveBack"/> or <see cref="Forget"/> follows.</summary>
    public void Withdraw(long offset)
    {
        bool isParked = _parked is not null && _parked.Contains(PlaceOf(offset));
        if (_levels is not null && !isParked)
        {
            _levels.PutAside(offset, _levels.LevelOf(_log.TagOf(offset)));
        }
        else if (_levels is null && offset >= _cursor)
        {
            (_withdrawn ??= new OffsetSet()).Add(offset);
        }
        else
        {
            Take(offset);
        }
    }

    /// <summary>Withdrawn messages are ready again, at their places; those that were not delivered before are not flagged so, unless others behind them were meanwhile.</summary>
    public void GiveBack(OffsetRange range)
    {
        for (long offset = range.Start; offset < range.End; offset++)
        {
            if (_levels is not null)
            {
                _levels.Add(offset, offset + 1, _log.TagOf(offset));
            }
            else if (offset < _cursor)
            {
                (_returned ??= new OffsetSet()).Add(offset);
            }
        }

        Forget(range);
    }

    /// <summary>Withdrawn messages do not come back.</summary>
    public void Forget(OffsetRange range)
    {
        _withdrawn?.RemoveRange(range.Start, range.End);
        _withdrawn = _withdrawn is { Count: 0 } ? null : _withdrawn;
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
        if (_log.PendingHorizon > takenEnd)
        {
            _log.SetHorizonExactly(Math.Max(takenEnd, _log.RecoveredHorizon));
        }
    }

    /// <summary>Ends reading for good; a read under way still ends in the pool work item.</summary>
    public void Close()
    {
        _returned = null;
        _parked = null;
        _reader?.Dispose();
        _reader = null;
    }

    void ICommitWaiter.OnCommitted(ulong committedIndex)
    {
        _committed = true;
        _queue.RunSoon();
    }

    void ILoadWaiter.OnLoaded()
    {
        _loaded = true;
        _queue.RunSoon();
    }

    private ReadStatus Peek(bool isLeast, bool delivers, out RecordView record, out bool redelivered)
    {
        record = default;
        redelivered = false;
        if (IsLoading)
        {
            return ReadStatus.Cold;
        }

        while (true)
        {
            long offset = delivers ? FirstOffered : isLeast ? Least : First;
            bool isReturned = _levels?.IsReturned(offset) ?? offset < _cursor;
            if (offset >= _log.EndOffset)
            {
                return ReadStatus.Gone;
            }

            if (!isReturned && delivers && !MayDeliver(offset))
            {
                return ReadStatus.Cold;
            }

            if (offset == _cursor && _levels is null && IsWithdrawn(offset))
            {
                _cursor = NextOwn(offset);
                continue;
            }

            ReadStatus status = Read(offset, out record);
            if (status == ReadStatus.Found)
            {
                redelivered = WasDelivered(offset);
            }

            if (status != ReadStatus.Gone)
            {
                return status;
            }

            if (_levels is null && offset == _cursor)
            {
                _cursor = NextOwn(offset + 1);
            }
            else
            {
                Drop(offset);
            }
        }
    }

    private bool IsWithdrawn(long offset) => _withdrawn is not null && _withdrawn.Contains(offset);

    /// <summary>The next unsettled offset that is not withdrawn.</summary>
    private long NextOwn(long from)
    {
        long next = _log.NextUnsettled(from);
        while (IsWithdrawn(next))
        {
            next = _log.NextUnsettled(_withdrawn!.NextUnset(next));
        }

        return next;
    }

    /// <summary>What is wanted least, parked or not.</summary>
    private long LeastPlace(PriorityLevels levels)
    {
        long least = PlaceOf(levels.Least);
        long parked = _parked is { IsEmpty: false } ? _parked.FindLeast(levels.Max) : OffsetSet.None;
        bool isLess = parked != OffsetSet.None
            && (OffsetAt(least) >= _log.EndOffset || levels.LevelAt(parked) < levels.LevelAt(least) || (levels.LevelAt(parked) == levels.LevelAt(least) && parked < least));
        return isLess ? parked : least;
    }

    /// <summary>Puts a message that was parked back among those that are offered.</summary>
    private void Offer(long place)
    {
        long offset = OffsetAt(place);
        if (_levels is not null)
        {
            _levels.Add(offset, offset + 1, (byte)_levels.LevelAt(place));
        }
        else
        {
            (_returned ??= new OffsetSet()).Add(offset);
        }
    }

    private bool MayDeliver(long offset)
    {
        _horizon ??= new DeliveryHorizon(_log, _queue.Services.Time);
        if (_horizon.Covers(offset))
        {
            return true;
        }

        if (!_isAwaitingCommit)
        {
            _isAwaitingCommit = _queue.Services.OnCommitted(_horizon.AwaitedIndex, this); // Its answer comes under this gate, however early.
            return !_isAwaitingCommit && _horizon.Covers(offset);
        }

        return false;
    }
}
