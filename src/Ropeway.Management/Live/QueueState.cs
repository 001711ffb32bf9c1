using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Management.Findings;

namespace Ropeway.Management.Live;

/// <summary>
/// What is followed of one queue in which something happens or that holds messages. Made and changed by a <see cref="QueueWatch"/>, under its gate.
/// </summary>
internal sealed class QueueState(Queue queue, QueueMoment first, DateTimeOffset now) : IDisposable
{
    private const double FastSeconds = 5;
    private const double SlowSeconds = 60;
    private const double FallingBehindShare = 0.05; // Of what comes in.

    private const double LongSeconds = 300;

    private readonly MessageClock _clock = new(queue);
    private SmoothedRate _in = new(FastSeconds);
    private SmoothedRate _out = new(FastSeconds);
    private SmoothedRate _acked = new(FastSeconds);
    private SmoothedRate _slowIn = new(SlowSeconds);
    private SmoothedRate _slowLeft = new(SlowSeconds);
    private SmoothedRate _longGiven = new(LongSeconds);
    private SmoothedRate _rejected = new(LongSeconds);
    private SmoothedRate _tooOften = new(LongSeconds);
    private (long Rejected, long TooOften) _letters; // Events up to the last look, as the next two.
    private long _given; // Events up to the last look.
    private long _settled;
    private bool _hasCounted;
    private double _quietSeconds; // Which the rates have not been told of.
    private long? _oldestMs;
    private long _heldOffset = -1;

    /// <summary>The queue.</summary>
    public Queue Queue => queue;

    /// <summary>Its counts when it was last looked at.</summary>
    public QueueMoment Moment { get; private set; } = first;

    /// <summary>Since when it is followed.</summary>
    public DateTimeOffset Since { get; } = now;

    /// <summary>When a message last came or left.</summary>
    public DateTimeOffset ChangedAt { get; private set; } = now;

    /// <summary>When consumers last were done with a message.</summary>
    public DateTimeOffset SettledAt { get; private set; } = now;

    /// <summary>Since when the oldest message that consumers hold is seen there; null when they hold none, or a newer one.</summary>
    public DateTimeOffset? HeldSince { get; private set; }

    /// <summary>Since when consumers hold messages, one or another; null when they hold none.</summary>
    public DateTimeOffset? HoldingSince { get; private set; }

    /// <summary>The message that came back most often, as far as it was looked for.</summary>
    public (long Offset, long Count)? MostReturned { get; set; }

    /// <summary>When it was last looked for.</summary>
    public DateTimeOffset PoisonLookedAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Messages a second that it takes, over some seconds.</summary>
    public double InRate => _in.Value;

    /// <summary>Messages a second that it gives to consumers, over some seconds.</summary>
    public double OutRate => _out.Value;

    /// <summary>Messages a second that consumers are done with, over some seconds.</summary>
    public double AckRate => _acked.Value;

    /// <summary>Messages a second by which it grows, over a minute; negative when it shrinks.</summary>
    public double Growth => _slowIn.Value - _slowLeft.Value;

    /// <summary>Messages a second that it takes, over a minute.</summary>
    public double SlowInRate => _slowIn.Value;

    /// <summary>Messages a second that leave it, over a minute.</summary>
    public double SlowLeftRate => _slowLeft.Value;

    /// <summary>Messages a second that consumers rejected and that were dead-lettered, over five minutes.</summary>
    public double RejectedRate => _rejected.Value;

    /// <summary>Messages a second that were dead-lettered because they came back too often, over five minutes.</summary>
    public double TooOftenRate => _tooOften.Value;

    /// <summary>Dead letters of these two kinds for each delivery, over five minutes.</summary>
    public double DeadShare => _longGiven.Value > 0 ? (RejectedRate + TooOftenRate) / _longGiven.Value : 0;

    /// <summary>Whether it falls behind what comes in.</summary>
    public bool IsFallingBehind => Growth > Math.Max(1, FallingBehindShare * SlowInRate);

    /// <summary>How it is, in one word.</summary>
    public QueueCondition Condition { get; set; }

    /// <summary>Why it is not <see cref="QueueCondition.Flowing"/>; null when it is.</summary>
    public string? Reason { get; set; }

    /// <summary>How much it needs a look: 0 for not at all, 3 for bad.</summary>
    public int Severity { get; set; }

    /// <summary>Whether the queue was deleted.</summary>
    public bool IsGone { get; private set; }

    /// <summary>What was last said of <see cref="FindingIds.NoConsumer"/>, and the rate of what came in that it speaks of.</summary>
    public (FindingReading Reading, double InRate)? NoConsumer { get; set; }

    /// <summary>Whether it need not be followed any more.</summary>
    public bool IsAtRest => Moment.Messages == 0 && _in.Value == 0 && _out.Value == 0 && _acked.Value == 0 && Severity == 0;

    /// <summary>How long the oldest waiting message waits, in seconds; null when none waits or it is not known.</summary>
    public double? OldestSeconds(DateTimeOffset at) => Moment.Ready > 0 && _oldestMs is { } ms ? Math.Max(0, (at.ToUnixTimeMilliseconds() - ms) / 1000.0) : null;

    /// <summary>How long the oldest message that consumers hold is held, in seconds; null when they hold none, or it is not known.</summary>
    public double? HeldSeconds(DateTimeOffset at) => HeldSince is { } since ? (at - since).TotalSeconds : null;

    /// <summary>Looks at the queue.</summary>
    /// <param name="at">The time.</param>
    /// <param name="elapsedSeconds">Since the last look.</param>
    /// <param name="mayLoad">Whether the disk may be read to find the oldest message's time.</param>
    public void Look(DateTimeOffset at, double elapsedSeconds, bool mayLoad)
    {
        QueueMoment last = Moment;
        QueueMoment next = queue.Measure();
        (long Given, long Settled, long Rejected, long TooOften) events = CountEvents();
        if (next == last && events == default && HasOnlyZeroRates)
        {
            // Nothing has happened, and the rates go on to be 0. Of very many queues this is so most of the time.
            _quietSeconds += elapsedSeconds;
            if (_oldestMs is null)
            {
                LookAtOldest(at, mayLoad);
            }

            return;
        }

        if (_quietSeconds > 0)
        {
            AddToRates(taken: 0, left: 0, default, _quietSeconds);
            _quietSeconds = 0;
        }

        Moment = next;
        IsGone = next.EndOffset < last.EndOffset; // A deleted queue counts nothing.
        long taken = Math.Max(0, next.EndOffset - last.EndOffset);
        long left = Math.Max(0, next.LeftCount - last.LeftCount);
        AddToRates(taken, left, events, elapsedSeconds);
        if (taken > 0 || left > 0)
        {
            ChangedAt = at;
        }

        if (events.Settled > 0)
        {
            SettledAt = at;
        }

        HoldingSince = next.Unacked > 0 ? HoldingSince ?? at : null;
        LookAtOldest(at, mayLoad);
    }

    /// <inheritdoc/>
    public void Dispose() => _clock.Dispose();

    private void AddToRates(long taken, long left, (long Given, long Settled, long Rejected, long TooOften) events, double seconds)
    {
        _longGiven.Add(events.Given, seconds);
        _rejected.Add(events.Rejected, seconds);
        _tooOften.Add(events.TooOften, seconds);
        _in.Add(taken, seconds);
        _slowIn.Add(taken, seconds);
        _acked.Add(events.Settled, seconds);
        _slowLeft.Add(left, seconds);
        _out.Add(events.Given, seconds);
    }

    private bool HasOnlyZeroRates =>
        _in.Value == 0 && _out.Value == 0 && _acked.Value == 0 && _slowIn.Value == 0 && _slowLeft.Value == 0 && _longGiven.Value == 0 && _rejected.Value == 0 && _tooOften.Value == 0;

    /// <summary>What consumers got, and what they are done with, since the last look.</summary>
    private (long Given, long Settled, long Rejected, long TooOften) CountEvents()
    {
        if (queue.Counters is not { } counters)
        {
            return default;
        }

        long withoutAck = counters[MessageEvent.DeliveredWithoutAck] + counters[MessageEvent.FetchedWithoutAck];
        long given = counters[MessageEvent.Delivered] + counters[MessageEvent.Fetched] + withoutAck;
        long settled = counters[MessageEvent.Acknowledged] + counters[MessageEvent.Rejected] + withoutAck;
        (long Rejected, long TooOften) letters = (counters[MessageEvent.RejectedLetters], counters[MessageEvent.OverDeliveryLimitLetters]);
        (long Given, long Settled, long Rejected, long TooOften) events = _hasCounted ? (given - _given, settled - _settled, letters.Rejected - _letters.Rejected, letters.TooOften - _letters.TooOften) : default;
        (_given, _settled, _letters, _hasCounted) = (given, settled, letters, true);
        return events;
    }

    private void LookAtOldest(DateTimeOffset at, bool mayLoad)
    {
        _oldestMs = Moment.Ready > 0 ? _clock.Find(Moment.FirstReady, mayLoad) ?? (_oldestMs is { } known && Moment.FirstReady > 0 ? known : null) : null;
        bool isHeld = Moment.Unacked > 0 && Moment.FirstUnsettled < Moment.FirstReady;
        if (!isHeld)
        {
            _heldOffset = -1;
            HeldSince = null;
        }
        else if (_heldOffset != Moment.FirstUnsettled)
        {
            _heldOffset = Moment.FirstUnsettled;
            HeldSince = at;
        }
    }
}
