using Ropeway.Core.Statistics;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// The messages that leave a queue although no consumer has settled them: those that have expired, are too many, or were refused. Made when the queue's arguments or
/// a message give reason to; guarded by the queue's gate.
/// </summary>
/// <remarks>
/// As in RabbitMQ a message expires when it has become the queue's first; those behind it may be older. The first one's deadline is
/// watched, and whatever is about to be delivered is looked at.
/// </remarks>
/// <param name="queue">The queue; it looks again on a pool thread when more is to leave than in one go.</param>
/// <param name="ready">Its ready messages.</param>
/// <param name="services">What the queue needs of the world.</param>
internal sealed class Departures(SharedQueue queue, ReadySet ready, QueueServices services) : Timed
{
    /// <summary>Most messages that leave in one go: others want the gate, too.</summary>
    private const int SliceMax = 256;

    private readonly RangeList _leaving = new();
    private DeathReason _leavingReason;
    private int _leavingCount; // Taken out, and settled or dead-lettered in a moment.
    private DeadLetters? _letters;
    private long _firstOffset = -1; // The message that is watched,
    private long _firstExpiresAtMs; // and when it expires; MaxValue for never.
    private long _newFrom = long.MaxValue;
    private bool _isWatching;
    private bool _isHostCounting;

    /// <summary>Messages that are neither ready nor settled, because they are on their way to a dead-letter exchange.</summary>
    public long UnderwayCount => _letters?.Count ?? 0;

    /// <summary>Those of them that count for the queue's length, because they may stay.</summary>
    public long StayingCount => queue.Effective.KeepsDeadLetters ? UnderwayCount : 0;

    /// <summary>Counts the ready bytes, when there is a limit for them in the queue or its virtual host; else null.</summary>
    public ReadyBytes? Bytes { get; private set; }

    /// <summary>The arguments have changed: everything is looked at anew.</summary>
    public void Apply(EffectiveArguments arguments)
    {
        if (arguments.MaxLengthBytes is null && !_isHostCounting)
        {
            Bytes?.Close();
            Bytes = null;
        }
        else
        {
            Bytes ??= new ReadyBytes(queue);
        }

        services.Deadlines.Set(this, 0);
    }

    /// <summary>The virtual host wants to know the ready bytes, or no more.</summary>
    public void CountForHost(bool isOn)
    {
        if (_isHostCounting != isOn)
        {
            _isHostCounting = isOn;
            Apply(queue.Effective);
        }
    }

    /// <summary>The message that is watched may have gone.</summary>
    public void LookAnew() => _firstOffset = -1;

    /// <summary>Messages from this offset on have just come: one that is for now only may still be delivered.</summary>
    public void NoteNew(long offset) => _newFrom = Math.Min(_newFrom, offset);

    /// <summary>Whether a message has expired that is about to be delivered.</summary>
    public bool HasExpired(long offset, in MessageHead head) =>
        head.ExpiresAtMs <= services.Deadlines.NowMs && !(head.IsForNow && offset >= _newFrom);

    /// <summary>Lets go what has to leave, and watches what is first then. After everything that changed the queue.</summary>
    /// <returns>True when the first message is another one and may be delivered.</returns>
    public bool Look()
    {
        if (!ready.IsWaiting)
        {
            _newFrom = long.MaxValue; // Who could take something at once has it.
        }

        Bytes?.Scan();
        int count = 0;
        while (TryTakeExpired() || TryTakeExcess())
        {
            if (++count == SliceMax)
            {
                queue.RunSoon();
                break;
            }
        }

        ready.Unpin();
        FlushLeaving();
        return count is > 0 and < SliceMax;
    }

    /// <summary>Lets go a message that has expired, is about to be delivered and not the queue's first; the next <see cref="Look"/> tells the others.</summary>
    public void Expire(long offset, int bodyBytes) => Take(offset, bodyBytes, DeathReason.Expired);

    /// <summary>Messages that are not ready any more leave: they are dead-lettered or settled.</summary>
    /// <returns>The commit index of the settlement; 0 when nothing was journalled yet.</returns>
    public ulong Leave(ReadOnlySpan<OffsetRange> ranges, DeathReason reason)
    {
        if (ranges.IsEmpty)
        {
            return 0;
        }

        if (queue.Traced is not null)
        {
            services.Tracing.NoteDead(queue, ranges, reason);
        }

        long count = Queue.CountOf(ranges);
        ObjectCounters counters = queue.Count();
        counters.Add(MessageEvent.Expired + (int)reason, count);
        if (queue.Effective.DeadLetterExchange is null)
        {
            return queue.Log.Settle(ranges);
        }

        counters.Add(MessageEvent.ExpiredLetters + (int)reason, count);

        _letters ??= new DeadLetters(queue, services);
        foreach (OffsetRange range in ranges)
        {
            _letters.Add(range, reason);
        }

        return 0;
    }

    /// <summary>The queue is gone.</summary>
    public void Stop()
    {
        services.Deadlines.Cancel(this);
        _letters?.Close();
        Bytes?.Close();
    }

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs) => queue.Run();

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => queue.OnFault(fault);

    /// <summary>Takes the first message out when its time is over; else its deadline is watched.</summary>
    private bool TryTakeExpired()
    {
        if (ready.First == _firstOffset && _firstExpiresAtMs > services.Deadlines.NowMs)
        {
            return false;
        }

        if (ready.PeekToDiscard(out RecordView record) != ReadStatus.Found)
        {
            Watch(-1, long.MaxValue); // None, or it is being read: the queue looks again when it is there.
            return false;
        }

        long offset = record.Offset;
        StoredMessage message = QueuedMessage.ReadContent(record);
        MessageHead head = message.Head;
        if (head.ExpiresAtMs != 0 && HasExpired(offset, head))
        {
            Take(offset, message.BodyBytes, DeathReason.Expired);
            return true;
        }

        if (head.IsForNow)
        {
            Watch(-1, long.MaxValue); // The disk is waited for; then it is delivered or leaves.
        }
        else
        {
            Watch(offset, head.ExpiresAtMs == 0 ? long.MaxValue : head.ExpiresAtMs);
        }

        return false;
    }

    /// <summary>Takes the first message out when the queue is over its length.</summary>
    private bool TryTakeExcess()
    {
        EffectiveArguments arguments = queue.Effective;
        long readyCount = queue.ReadyCount - _leavingCount;
        bool isTooLong = readyCount + queue.PostponedCount > (arguments.MaxLength ?? long.MaxValue) && readyCount > 0;
        bool isTooLarge = Bytes is { IsComplete: true } && Bytes.Total > arguments.MaxLengthBytes;
        if ((!isTooLong && !isTooLarge) || arguments.Overflow != Overflow.DropHead)
        {
            return false;
        }

        if ((ready.IsWaiting || queue.IsRewinding) && queue.HasTakers)
        {
            return false; // They will be delivered as soon as the disk allows, or all are back.
        }

        if (Bytes is null)
        {
            Take(ready.FindLeast(), bodyBytes: 0, DeathReason.MaxLength); // Nobody needs to know its size.
            return true;
        }

        if (ready.PeekAtLeast(out RecordView record) != ReadStatus.Found)
        {
            return false;
        }

        Take(record.Offset, QueuedMessage.ReadContent(record).BodyBytes, DeathReason.MaxLength);
        return true;
    }

    private void Take(long offset, int bodyBytes, DeathReason reason)
    {
        if (reason != _leavingReason)
        {
            FlushLeaving();
            _leavingReason = reason;
        }

        ready.Drop(offset);
        Bytes?.Take(offset, bodyBytes, mayReturn: false);
        _leaving.Add(offset, offset + 1);
        _leavingCount++;
    }

    private void FlushLeaving()
    {
        Leave(_leaving.AsSpan(), _leavingReason);
        _leaving.Clear();
        _leavingCount = 0;
    }

    private void Watch(long offset, long expiresAtMs)
    {
        _firstOffset = offset;
        _firstExpiresAtMs = expiresAtMs;
        if (expiresAtMs != long.MaxValue)
        {
            _isWatching = true;
            services.Deadlines.Set(this, expiresAtMs);
        }
        else if (_isWatching)
        {
            _isWatching = false;
            services.Deadlines.Cancel(this);
        }
    }
}
