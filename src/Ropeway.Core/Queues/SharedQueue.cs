using System.Diagnostics;
using Ropeway.Core.Deduplication;
using Ropeway.Core.Queues.Groups;
using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// A queue whose consumers share one subscription: messages are ready, delivered or settled; they are offered to consumers in turn, in the
/// order of their offsets; a returned message goes back to its place. Any thread may call it; all state is guarded by the log's gate.
/// </summary>
/// <remarks>
/// What is delivered and not settled is not ready; only its count is kept here, the connection that holds it knows which. A crash
/// loses this state: after recovery all unsettled messages are ready, those below the delivery horizon flagged as redelivered.
/// </remarks>
public sealed class SharedQueue : Queue
{
    /// <summary>Most messages that come back while the gate is held: others want it, too.</summary>
    private const int ReturnSliceMax = 256;

    private readonly ReadySet _ready;
    private List<IMessageReceiver>? _askers; // Made when one has to wait.
    private Departures? _departures;
    private Postponed? _postponed;
    private KeptMessages? _kept;
    private Withdrawals? _withdrawals;
    private QueueLease? _lease;
    private SeenIds? _seenIds;
    private long _unackedCount;
    private int _returningCount; // Threads that give messages back in slices; until all are at their places, nothing is delivered.

    /// <summary>Makes a queue over a log that it alone uses. <see cref="Apply"/> follows.</summary>
    internal SharedQueue(VirtualHost host, QueueSettings settings, StoredLog log)
        : base(host, settings, log)
    {
        lock (log.Gate)
        {
            _ready = new ReadySet(this, EffectiveArguments.From(settings).MaxPriority);
            _postponed = Postponed.Recover(this, Services.Deadlines);
            if (_postponed is not null || log.KeptCount > 0)
            {
                _ready.Withhold(_postponed?.Ranges() ?? [], log.KeptRanges(0, log.EndOffset));
            }
        }
    }

    /// <summary>The ids of the messages that it has had; null when it takes everything. Changed under the virtual host's gate.</summary>
    internal SeenIds? SeenIds
    {
        get => Volatile.Read(ref _seenIds);
        set
        {
            value?.Owner = this;
            Volatile.Write(ref _seenIds, value);
        }
    }

    /// <inheritdoc/>
    public override long UnackedCount
    {
        get
        {
            lock (Log.Gate)
            {
                return _unackedCount;
            }
        }
    }

    /// <inheritdoc/>
    public override long DelayedCount
    {
        get
        {
            lock (Log.Gate)
            {
                return PostponedCount;
            }
        }
    }

    /// <inheritdoc/>
    public override long KeptCount
    {
        get
        {
            lock (Log.Gate)
            {
                return Log.KeptCount - (Purged?.Count ?? 0);
            }
        }
    }

    /// <inheritdoc/>
    internal override long ReadyCount => Log.UnsettledCount - _unackedCount - Log.SettlingCount - (_departures?.UnderwayCount ?? 0) - PostponedCount;

    /// <summary>The ready messages. Under the gate.</summary>
    internal ReadySet Ready => _ready;

    /// <summary>What came back and waits; null for nothing. Under the gate.</summary>
    internal Postponed? Postponed => _postponed;

    /// <summary>Messages that somebody has and did not settle. Under the gate.</summary>
    internal long HeldCount => _unackedCount;

    /// <summary>Takes ready messages out of any place. Under the gate.</summary>
    internal Withdrawals Withdrawals => _withdrawals ??= new Withdrawals(this);

    /// <summary>What was purged and can come back; null for nothing. Under the gate.</summary>
    internal PurgedMessages? Purged => _withdrawals?.Purged;

    /// <summary>Messages that came back and wait until they are ready again. Under the gate.</summary>
    internal long PostponedCount => _postponed?.Count ?? 0;

    /// <summary>Whether it is counted how often a message came back.</summary>
    private bool CountsDeliveries => Effective.DeliveryLimit is not null || Effective.Retry is not null || Effective.QueueType == QueueType.Quorum;

    /// <summary>Whether an unsettled message is ready or will be by itself. Under the gate.</summary>
    internal bool IsWaiting(long offset) => _ready.Contains(offset) || (_postponed is not null && _postponed.Contains(offset));

    /// <summary>Whether a consumer would take a message now. Under the gate.</summary>
    internal bool HasTakers => Consumers.AnyActive;

    /// <summary>Whether nothing is delivered for a moment, because messages come back. Under the gate.</summary>
    internal bool IsRewinding => _kept is { IsRewinding: true };

    /// <summary>Whether messages may be there that expire. Under the gate.</summary>
    private bool HasExpiring =>
        Log.UnsettledCount > 0 && (Effective.MessageTtlMs is not null || Effective.MaxPriority > 0 || Log.HasTag(BatchTag.Expiring));

    /// <inheritdoc/>
    public override void Apply(EffectiveArguments effective)
    {
        lock (Log.Gate)
        {
            Effective = effective;
            bool hasLimit = effective.MaxLength is not null || effective.MaxLengthBytes is not null;
            if (!IsDeleted && (hasLimit || HasExpiring || _departures is not null))
            {
                EnsureDepartures().Apply(effective);
            }

            if (!IsDeleted && (effective.AckRetentionMs > 0 || Log.KeptCount > (Purged?.Count ?? 0) || _kept is not null))
            {
                (_kept ??= new KeptMessages(this, Services.Deadlines)).Apply(effective.AckRetentionMs ?? 0);
            }

            if (effective.HasMessageGroups != _ready.Groups is not null && !IsDeleted)
            {
                _ready.SwitchGroups(this, effective.HasMessageGroups, _postponed);
            }

            if (effective.ExpiresMs is { } expiresMs && !IsDeleted)
            {
                (_lease ??= new QueueLease(this, Services.Deadlines)).Begin(expiresMs);
            }
            else
            {
                _lease?.End();
                _lease = null;
            }
        }
    }

    /// <inheritdoc/>
    public override void Touch() => Volatile.Read(ref _lease)?.Renew();

    /// <inheritdoc/>
    public override bool RemoveConsumer(Consumer consumer)
    {
        lock (Log.Gate)
        {
            bool removed = Consumers.Remove(consumer);
            if (Consumers.Count > 0)
            {
                if (Effective.IsSingleActiveConsumer)
                {
                    RunSoon(); // Another one may take over.
                }

                return false;
            }

            WriteExactHorizon();
            _ready.Trim();
            _lease?.Renew();
            return removed;
        }
    }

    /// <inheritdoc/>
    public override void Wake(Consumer consumer, DispatchBatch dispatch)
    {
        lock (Log.Gate)
        {
            Activate(consumer);
            Dispatch(dispatch);
        }
    }

    /// <inheritdoc/>
    public override ulong Resolve(in ResolvedRanges ranges, ReadOnlySpan<Consumer> woken, DispatchBatch dispatch, AtomicUnit? unit = null)
    {
        ulong index = 0;
        bool isLong = CountOf(ranges.Returned) + CountOf(ranges.Failed) > ReturnSliceMax;
        lock (Log.Gate)
        {
            if (IsDeleted)
            {
                return 0;
            }

            TraceResolved(ranges);
            if (!ranges.Settled.IsEmpty)
            {
                CountSettled(ranges);
                _unackedCount -= CountOf(ranges.Settled);
                _departures?.Bytes?.Forget(ranges.Settled);
                _ready.Groups?.Settle(ranges.Settled);
                index = Acknowledge(ranges.Settled, unit);
            }

            if (!ranges.Rejected.IsEmpty)
            {
                _departures?.Bytes?.Forget(ranges.Rejected);
                _ready.Groups?.Settle(ranges.Rejected);
                _unackedCount -= CountOf(ranges.Rejected);
                index = Math.Max(index, Effective.DeadLetterExchange is null ? SettleRejected(ranges.Rejected, unit) : EnsureDepartures().Leave(ranges.Rejected, DeathReason.Rejected));
            }

            if (!isLong)
            {
                var returned = new RangeSlices(ranges.Returned);
                var failed = new RangeSlices(ranges.Failed);
                TakeBackSlice(ref returned, isFailed: false, dispatch);
                TakeBackSlice(ref failed, isFailed: true, dispatch);
                Continue(woken, dispatch);
                return index;
            }

            _returningCount++;
        }

        try
        {
            TakeBackInSlices(ranges.Returned, isFailed: false, dispatch);
            TakeBackInSlices(ranges.Failed, isFailed: true, dispatch);
        }
        finally
        {
            lock (Log.Gate)
            {
                _returningCount--;
            }
        }

        lock (Log.Gate)
        {
            Continue(woken, dispatch);
            if (_askers is { Count: > 0 })
            {
                RunSoon();
            }
        }

        return index;
    }

    /// <inheritdoc/>
    public override GetOutcome TryGet(IMessageReceiver receiver, bool settlesOnDelivery, out ulong index)
    {
        try
        {
            return TryTake(receiver, settlesOnDelivery, out index);
        }
        catch (Exception fault) when (!Durability.IsStoreFailure(fault))
        {
            OnFault(fault); // Not the receiver's: the next one would meet it, too.
            index = 0;
            return GetOutcome.OutOfService;
        }
    }

    private GetOutcome TryTake(IMessageReceiver receiver, bool settlesOnDelivery, out ulong index)
    {
        index = 0;
        lock (Log.Gate)
        {
            if (IsDeleted || Paused is not null)
            {
                return GetOutcome.Empty;
            }

            if (OutOfService is not null)
            {
                return GetOutcome.OutOfService;
            }

            _lease?.Renew();
            if (_returningCount > 0)
            {
                (_askers ??= []).Add(receiver);
                return GetOutcome.Later;
            }

            _departures?.Look();
            RecordView record = default;
            bool redelivered = false;
            ReadStatus status = IsRewinding ? ReadStatus.Cold : Find(out record, out redelivered);
            if (status == ReadStatus.Cold)
            {
                (_askers ??= []).Add(receiver);
                return GetOutcome.Later;
            }

            if (status != ReadStatus.Found)
            {
                Count().Add(MessageEvent.FetchedNothing, 1);
                return GetOutcome.Empty;
            }

            QueuedMessage message = Read(record, redelivered);
            if (HasExpired(message))
            {
                _ready.Groups?.EndRound();
                (_askers ??= []).Add(receiver);
                RunSoon(); // More than leaves in one go has expired.
                return GetOutcome.Later;
            }

            ObjectCounters counters = Count();
            counters.Add(settlesOnDelivery ? MessageEvent.FetchedWithoutAck : MessageEvent.Fetched, 1);
            counters.Add(MessageEvent.Redelivered, redelivered ? 1 : 0);
            receiver.Receive(message, ReadyCount - 1);
            TraceFetched(message.Offset, receiver, settlesOnDelivery);
            _ready.Take(record.Offset);
            _ready.Groups?.TakeFetched(record.Offset, isHeld: !settlesOnDelivery);
            _departures?.Bytes?.Take(record.Offset, message.Content.BodyBytes, mayReturn: !settlesOnDelivery);
            if (!settlesOnDelivery)
            {
                _unackedCount++;
            }
            else
            {
                index = Acknowledge([new OffsetRange(record.Offset, record.Offset + 1)]);
            }

            _ready.Unpin();
            _departures?.Look();
            return GetOutcome.Delivered;
        }
    }

    /// <inheritdoc/>
    public override long Purge(out ulong index)
    {
        lock (Log.Gate)
        {
            if (IsDeleted)
            {
                index = 0;
                return 0;
            }

            Count().NoteChange();
            return Withdrawals.Purge(out index);
        }
    }

    /// <summary>Makes acknowledged messages ready again that the queue has kept, at their old places and as redelivered ones, then dispatches. No gate may be held.</summary>
    /// <param name="from">Which.</param>
    public RewindResult Rewind(RewindStart from)
    {
        KeptMessages? kept;
        lock (Log.Gate)
        {
            kept = _kept;
        }

        Touch();
        return kept?.Rewind(from) ?? new RewindResult(RewindStatus.NotKept);
    }

    /// <summary>Some kept messages are ready again. Under the gate.</summary>
    /// <returns>The commit index it is durable at; 0 when nothing had to be written.</returns>
    internal ulong Revive(ReadOnlySpan<OffsetRange> ranges)
    {
        Count().NoteChange();
        ulong index = Log.Revive(ranges);
        foreach (OffsetRange range in ranges)
        {
            Return(range);
        }

        if (_departures is null && HasExpiring)
        {
            EnsureDepartures().Apply(Effective);
        }

        return index;
    }

    /// <summary>The queue is in use, or was when it was looked at: it is looked at again.</summary>
    internal void GoOnWithLease()
    {
        lock (Log.Gate)
        {
            if (IsDeleted || _lease is not { } lease)
            {
                return;
            }

            if (Consumers.Count > 0 || OutOfService is not null)
            {
                lease.Renew();
            }

            lease.Watch();
        }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            lock (Log.Gate)
            {
                _ready.EndWaits();
                if (!IsDeleted && _postponed is not null && _postponed.Release(_ready))
                {
                    RunSoon();
                }

                Dispatch(dispatch);
                if (Consumers.Count == 0 && _askers is not { Count: > 0 } && _departures?.Bytes is null)
                {
                    _ready.Trim();
                }
            }
        }
        finally
        {
            dispatch.Flush();
            TellAskers();
        }
    }

    /// <inheritdoc/>
    internal override ulong Publish(PublishBatch batch, int firstTarget, ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit = null) =>
        SeenIds is { } seen ? seen.Publish(this, batch, firstTarget, source, dispatch, unit) : PublishNew(batch, firstTarget, source, dispatch, unit);

    /// <summary>Appends the chain of messages that starts at <paramref name="firstTarget"/>, then dispatches.</summary>
    /// <returns>The commit index they are durable at; 0 when none has to be.</returns>
    internal ulong PublishNew(PublishBatch batch, int firstTarget, ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit)
    {
        lock (Log.Gate)
        {
            if (IsDeleted)
            {
                return 0; // As if the message had arrived, and then the queue was deleted with it.
            }

            if (OutOfService is not null)
            {
                Count().Add(MessageEvent.Refused, BatchAppend.RejectAll(batch, firstTarget));
                return 0;
            }

            var append = new BatchAppend(Log, batch, source, Effective.MessageTtlMs ?? MessageHead.NoTtl, _ready.Levels, unit);
            if (_departures is not null && Effective.Overflow != Overflow.DropHead)
            {
                AppendWhatFits(ref append, batch, firstTarget, dispatch);
            }
            else
            {
                Append(ref append, firstTarget, end: -1, dispatch);
            }

            return append.Index;
        }
    }

    private void Append(ref BatchAppend append, int target, int end, DispatchBatch dispatch)
    {
        long first = Log.EndOffset;
        ObjectCounters counters = Count();
        append.AddAll(target, end);
        append.Trace(this, target, end, first);
        counters.Add(MessageEvent.Published, Log.EndOffset - first);
        if (append.HasExpiring)
        {
            EnsureDepartures().NoteNew(first);
        }

        _departures?.Bytes?.Add(append.TakeBodyBytes());
        Dispatch(dispatch);
    }

    /// <summary>Appends messages as long as there is room for them, and refuses the others. What is delivered at once makes room.</summary>
    private void AppendWhatFits(ref BatchAppend append, PublishBatch batch, int target, DispatchBatch dispatch)
    {
        while (target >= 0)
        {
            long count = (Effective.MaxLength ?? long.MaxValue) - ReadyCount - PostponedCount - (_departures?.StayingCount ?? 0);
            long bytes = Effective.MaxLengthBytes is { } bytesMax && _departures?.Bytes is { IsComplete: true } ready ? bytesMax - ready.Total : long.MaxValue;
            int end = target;
            for (; end >= 0 && count > 0 && batch.ItemOf(end).BodyBytes <= bytes; end = batch.NextTarget(end))
            {
                count--;
                bytes -= batch.ItemOf(end).BodyBytes;
            }

            if (end != target)
            {
                Append(ref append, target, end, dispatch);
                target = end;
            }
            else
            {
                Count().Add(MessageEvent.Refused, 1);
                batch.Refuse(target, Effective.Overflow == Overflow.RejectPublishDlx ? this : null);
                target = batch.NextTarget(target);
            }
        }
    }

    /// <summary>Delivers what can be delivered, and lets go what has to leave. What fails in it is the queue's fault, whoever calls.</summary>
    private void Dispatch(DispatchBatch dispatch)
    {
        if (IsDeleted || OutOfService is not null)
        {
            return;
        }

        try
        {
            do
            {
                Deliver(dispatch);
            }
            while (_departures is not null && _departures.Look());
        }
        catch (Exception fault) when (!Durability.IsStoreFailure(fault))
        {
            OnFault(fault);
        }
    }

    /// <summary>Messages come back.</summary>
    private void TakeBackInSlices(ReadOnlySpan<OffsetRange> ranges, bool isFailed, DispatchBatch dispatch)
    {
        var slices = new RangeSlices(ranges);
        bool goesOn = !ranges.IsEmpty;
        while (goesOn)
        {
            lock (Log.Gate)
            {
                goesOn = !IsDeleted && TakeBackSlice(ref slices, isFailed, dispatch);
            }

            Thread.Yield(); // Who waits for the gate gets it, rather than this thread again.
        }
    }

    /// <summary>The next messages come back, up to a slice of them; what became of them is journalled together. Under the gate.</summary>
    /// <returns>False when there are no more.</returns>
    private bool TakeBackSlice(scoped ref RangeSlices slices, bool isFailed, DispatchBatch dispatch)
    {
        long left = ReturnSliceMax;
        Counters?.NoteChange(); // There are some: it was counted that they were delivered.
        try
        {
            while (left > 0 && slices.TryTake(left, out OffsetRange range))
            {
                left -= range.Count;
                _unackedCount -= range.Count;
                if (CountsDeliveries)
                {
                    ReturnCounted(range, isFailed, dispatch);
                }
                else
                {
                    Return(range);
                }
            }
        }
        finally
        {
            Log.Mark(dispatch.TakeMarks());
            ReadOnlySpan<OffsetRange> leaving = dispatch.TakeSettled();
            if (!leaving.IsEmpty)
            {
                _departures?.Bytes?.Forget(leaving);
                _ready.Groups?.Settle(leaving);
                EnsureDepartures().Leave(leaving, DeathReason.DeliveryLimit);
            }
        }

        Debug.Assert(_unackedCount >= 0, "More messages were resolved than delivered.");
        return left == 0;
    }

    /// <summary>Consumers have credit again. Under the gate.</summary>
    private void Continue(ReadOnlySpan<Consumer> woken, DispatchBatch dispatch)
    {
        foreach (Consumer consumer in woken)
        {
            Activate(consumer);
        }

        Dispatch(dispatch);
    }

    /// <summary>Messages that were delivered are done with: they are settled, or kept for a time.</summary>
    private ulong Acknowledge(ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit = null) =>
        _kept is { IsOn: true } ? _kept.Keep(ranges, unit) : Log.Settle(ranges, unit);

    private void Return(OffsetRange range)
    {
        _ready.Return(range);
        _ready.Groups?.Return(range);
        _departures?.Bytes?.Return(range);
    }

    /// <summary>Counts for each message that it came back, and gives away those that did so too often; the others are ready again at once or later.</summary>
    private void ReturnCounted(OffsetRange range, bool isFailed, DispatchBatch dispatch)
    {
        RetryRule? retry = Effective.Retry is { } rule && rule.Covers(isFailed) ? rule : null;
        long? limit = Effective.DeliveryLimit is { } wanted ? Math.Min(wanted, ReturnMark.CountMax) : null;
        for (long offset = range.Start; offset < range.End; offset++)
        {
            var one = new OffsetRange(offset, offset + 1);
            long count = DeliveryCountOf(offset) + 1;
            if (count > limit)
            {
                dispatch.AddSettled(offset);
            }
            else if (retry is null)
            {
                dispatch.AddMark(offset, new ReturnMark(DueMs: 0, count).ToValue());
                Return(one);
            }
            else
            {
                long dueMs = Services.Deadlines.NowMs + retry.DelayMs(count, Services.Chance);
                dispatch.AddMark(offset, new ReturnMark(dueMs, count).ToValue());
                (_postponed ??= new Postponed(this, Services.Deadlines)).Add(offset, dueMs);
                _ready.Groups?.Postpone(offset);
                _departures?.Bytes?.Return(one);
            }
        }
    }

    private long DeliveryCountOf(long offset) => Log.TryGetMark(offset, out ulong mark) ? ReturnMark.From(mark).Count : 0;

    private void Deliver(DispatchBatch dispatch)
    {
        if (!Consumers.AnyActive || _ready.IsLoading || IsRewinding || _returningCount > 0 || Paused is not null)
        {
            return;
        }

        var round = new DeliveryRound(this, _ready, Consumers, dispatch);
        try
        {
            round.Run(_postponed);
        }
        finally
        {
            round.End();
            if (round.HeldCount + round.SettledCount > 0)
            {
                Count().AddDeliveries(round.HeldCount, round.SettledCount, round.RedeliveredCount);
            }

            _unackedCount += round.HeldCount;
            _ready.Unpin();
            ReadOnlySpan<OffsetRange> settled = dispatch.TakeSettled();
            if (!settled.IsEmpty)
            {
                Acknowledge(settled);
            }
        }
    }

    /// <summary>The next message for somebody who is no consumer.</summary>
    private ReadStatus Find(out RecordView record, out bool redelivered)
    {
        if (_ready.Groups is not { } groups)
        {
            return _ready.Peek(out record, out redelivered);
        }

        ReadStatus status = new GroupSearch(this, _ready, groups, _postponed).FindFree(out record, out redelivered);
        if (status != ReadStatus.Found)
        {
            groups.EndRound();
        }

        return status;
    }

    /// <summary>A consumer can take messages from now on.</summary>
    private void Activate(Consumer consumer)
    {
        Consumers.Activate(consumer);
        _ready.Groups?.OnActive(consumer);
    }

    /// <summary>Whether a message has expired that is about to be delivered. Under the gate.</summary>
    internal bool HasExpired(scoped in QueuedMessage message) =>
        message.Content.Head.ExpiresAtMs != 0 && EnsureDepartures().HasExpired(message.Offset, message.Content.Head);

    /// <summary>Counts the ready bytes, when somebody wants to know; else null. Under the gate.</summary>
    internal ReadyBytes? Bytes => _departures?.Bytes;

    /// <summary>What lets messages go. Under the gate.</summary>
    internal Departures EnsureDepartures() => _departures ??= new Departures(this, _ready, Services);

    /// <inheritdoc/>
    private protected override bool HasExpired() => _lease is { } lease && lease.HasEnded() && OutOfService is null;

    /// <inheritdoc/>
    private protected override void OnClosing() => WriteExactHorizon();

    /// <inheritdoc/>
    private protected override void EndReading()
    {
        _ready.Close();
        _departures?.Stop();
        _postponed?.Stop();
        _kept?.Stop();
        Purged?.Stop();
        _lease?.End();
    }

    /// <summary>Nothing more is delivered for now: the horizon becomes exact, so that after a crash only what was delivered is flagged.</summary>
    private void WriteExactHorizon()
    {
        if (!IsDeleted && Log.IsDurable && OutOfService is null)
        {
            _ready.WriteExactHorizon();
        }
    }

    /// <summary>Nothing is delivered as long as somebody holds that up. Under the gate.</summary>
    internal void HoldDeliveries(int change) => _returningCount += change;

    /// <summary>Messages are taken by somebody who is no consumer, or held no more. Under the gate.</summary>
    internal void CountHeld(long change)
    {
        Count().NoteChange();
        _unackedCount += change;
    }

    /// <summary>Which message is the first may have changed: it is looked for anew. Under the gate.</summary>
    internal void LookSoon()
    {
        _departures?.LookAnew();
        RunSoon();
    }

    /// <summary>Reads the message in a record.</summary>
    internal QueuedMessage Read(scoped in RecordView record, bool redelivered) => QueuedMessage.TryRead(record, redelivered, redelivered ? DeliveryCountOf(record.Offset) : 0, out QueuedMessage message)
        ? message with { TellsOffset = Effective.HasSequenceHeader }
        : throw new UnreachableException($"Record {record.Offset} of log {Log.Id} passed its checksum but is no message.");

    /// <inheritdoc/>
    private protected override void TellAskers()
    {
        IMessageReceiver[] askers;
        lock (Log.Gate)
        {
            if (_askers is not { Count: > 0 } || ((_ready.IsWaiting || _returningCount > 0) && !IsDeleted && OutOfService is null))
            {
                return;
            }

            askers = [.. _askers];
            _askers.Clear();
        }

        foreach (IMessageReceiver asker in askers)
        {
            asker.AskAgain();
        }
    }
}
