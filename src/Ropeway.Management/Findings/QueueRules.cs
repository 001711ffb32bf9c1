using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Management.Live;

namespace Ropeway.Management.Findings;

/// <summary>The rules about queues: each queue in which something happens or that holds messages is looked at once a second. One thread at a time.</summary>
internal sealed class QueueRules(Broker broker, FindingBoard board)
{
    /// <summary>What counts goes on to count until it is below this share of its threshold.</summary>
    public const double ClearShare = 0.8;

    private const long GrowingWaitingMin = 100;
    private const double WarnShare = 0.8;
    private const double BadShare = 0.95;
    private const double RejectedShareMax = 0.01; // Of deliveries.
    private const long PoisonCount = 5;
    private const int PoisonLookMax = 1000;
    private const int PoisonLookSeconds = 10;
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    private readonly QueueConsumers _consumers = new(broker);

    /// <summary>Looks at a queue and says how it is.</summary>
    /// <param name="state">The queue.</param>
    /// <param name="at">The time.</param>
    public void Judge(QueueState state, DateTimeOffset at)
    {
        state.Condition = state.IsAtRest ? QueueCondition.Idle : QueueCondition.Flowing;
        state.Reason = null;
        state.Severity = 0;
        if (state.Queue.OutOfService is { } reason)
        {
            Note(state, QueueCondition.OutOfService, board.Report(New(state, FindingIds.Quarantined, FindingSeverity.Bad, QueueTexts.OutOfService(state.Queue.Name, reason), hold: default)));
            return;
        }

        if (state.Queue is StreamQueue)
        {
            return; // It keeps what it has; readers have places of their own.
        }

        if (state.Queue.Paused is { } pause)
        {
            state.Condition = QueueCondition.Paused;
            state.Reason = pause.Reason.Length > 0 ? pause.Reason : $"paused by {pause.User}";
            NearLimit(state);
            return; // Nothing is delivered, and that is wanted.
        }

        NoConsumer(state);
        Stalled(state, at);
        Growing(state);
        NearLimit(state);
        Rejecting(state);
        Poison(state, at);
    }

    private static FindingReading New(QueueState state, string id, FindingSeverity severity, FindingText text, TimeSpan hold)
    {
        string host = state.Queue.Host.Name;
        return new FindingReading(new FindingKey(id, host, state.Queue.Name), severity, hold, text)
        {
            Kind = "queue",
            Messages = state.Moment.Messages,
            Act = new FindingAct("Open queue", $"/queues/{Uri.EscapeDataString(host)}/{Uri.EscapeDataString(state.Queue.Name)}"),
        };
    }

    /// <summary>The first finding decides how the queue is; the worst, how much it needs a look.</summary>
    private static void Note(QueueState state, QueueCondition condition, Finding? finding)
    {
        if (finding is null)
        {
            return;
        }

        state.Severity = Math.Max(state.Severity, (int)finding.Severity);
        if (state.Reason is null)
        {
            state.Condition = condition;
            state.Reason = finding.Reading.Text.Brief;
        }
    }

    /// <summary>Where expired messages go on to another exchange, waiting without a consumer is what the queue is for.</summary>
    private void NoConsumer(QueueState state)
    {
        EffectiveArguments settings = state.Queue.Effective;
        if (state.Moment is { Ready: > 0, Consumers: 0 } && settings is not { MessageTtlMs: not null, DeadLetterExchange: not null })
        {
            double rate = Words.Rounded(state.SlowInRate);
            if (state.NoConsumer is not { } known || known.Reading.Messages != state.Moment.Messages || known.InRate != rate)
            {
                // Such queues may be very many, and mostly there is nothing new to say.
                known = (New(state, FindingIds.NoConsumer, FindingSeverity.Bad, QueueTexts.NoConsumer(FactsOf(state)), Minute), rate);
                state.NoConsumer = known;
            }

            Note(state, QueueCondition.NoConsumer, board.Report(known.Reading));
        }
    }

    private void Stalled(QueueState state, DateTimeOffset at)
    {
        if (state.HoldingSince is not { } holding)
        {
            return;
        }

        DateTimeOffset since = holding > state.SettledAt ? holding : state.SettledAt;
        bool isSlow = state.Queue.Effective.ConsumerTimeoutMs is > 0 and var timeoutMs && state.HeldSeconds(at) * 1000 > timeoutMs / 2.0;
        if (isSlow || at - since >= Minute * ClearShare)
        {
            FindingReading reading = New(state, FindingIds.Stalled, FindingSeverity.Bad, QueueTexts.Stalled(FactsOf(state, withConsumers: true)), hold: default);
            Note(state, QueueCondition.Stuck, board.Report(reading with { IsOver = isSlow || at - since >= Minute, Since = since, Messages = state.Moment.Unacked }));
        }
    }

    private void Growing(QueueState state)
    {
        double threshold = Math.Max(1, 0.05 * state.SlowInRate);
        if (state.Growth > threshold * ClearShare && state.Moment.Ready > GrowingWaitingMin * ClearShare)
        {
            FindingReading reading = New(state, FindingIds.Growing, FindingSeverity.Warn, QueueTexts.Growing(FactsOf(state, withConsumers: true)), Minute);
            Note(state, QueueCondition.Growing, board.Report(reading with { IsOver = state.IsFallingBehind && state.Moment.Ready > GrowingWaitingMin }));
        }
    }

    private void NearLimit(QueueState state)
    {
        EffectiveArguments settings = state.Queue.Effective;
        if (settings.MaxLength is null && settings.MaxLengthBytes is null)
        {
            return;
        }

        QueueFacts facts = FactsOf(state);
        double share = Math.Max(QueueTexts.ShareOfLength(facts), QueueTexts.ShareOfBytes(facts));
        if (share >= WarnShare * ClearShare)
        {
            FindingSeverity severity = share >= BadShare ? FindingSeverity.Bad : FindingSeverity.Warn;
            Note(state, QueueCondition.NearLimit, board.Report(New(state, FindingIds.NearLimit, severity, QueueTexts.NearLimit(facts), hold: default) with { IsOver = share >= WarnShare }));
        }
    }

    private void Rejecting(QueueState state)
    {
        double share = state.DeadShare;
        if (share > RejectedShareMax * ClearShare)
        {
            FindingText text = QueueTexts.Rejecting(FactsOf(state), share, state.RejectedRate >= state.TooOftenRate);
            Note(state, state.Condition, board.Report(New(state, FindingIds.Rejecting, FindingSeverity.Warn, text, TimeSpan.FromMinutes(5)) with { IsOver = share > RejectedShareMax }));
        }
    }

    private void Poison(QueueState state, DateTimeOffset at)
    {
        if (state.Moment.ReturnedCount == 0)
        {
            state.MostReturned = null;
            return;
        }

        if (at - state.PoisonLookedAt >= TimeSpan.FromSeconds(PoisonLookSeconds))
        {
            state.PoisonLookedAt = at;
            state.MostReturned = state.Queue.FindMostReturned(PoisonLookMax);
        }

        if (state.MostReturned is { Count: >= PoisonCount } most)
        {
            FindingReading reading = New(state, FindingIds.Poison, FindingSeverity.Warn, QueueTexts.Poison(state.Queue.Name, most.Offset, most.Count), hold: default);
            FindingAct act = new("Look at it", $"{reading.Act!.Path}?tab=messages&from={most.Offset}");
            Note(state, state.Condition, board.Report(reading with { Messages = 1, Act = act }));
        }
    }

    private QueueFacts FactsOf(QueueState state, bool withConsumers = false) =>
        new(state.Queue.Name, state.Moment.Ready, state.Moment.Unacked, state.SlowInRate, state.SlowLeftRate)
        {
            Settings = state.Queue.Effective,
            ReadyBytes = state.Moment.ReadyBytes,
            Consumers = withConsumers ? _consumers.Of(state.Queue) : [],
        };
}
