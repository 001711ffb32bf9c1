using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Statistics;

namespace Ropeway.Management.Samples;

/// <summary>The last samples of one queue, exchange, channel or virtual host that is not idle, or was not for a while. Guarded by the sampler's gate; <see cref="RateOf"/> and times by nothing.</summary>
internal sealed class SampledObject
{
    private readonly long[] _last = new long[EventCounts.Length];
    private readonly long[] _recent = new long[EventCounts.Length];

    /// <summary>Begins with nothing counted, so that all of it counts as new.</summary>
    public SampledObject(ObjectCounters counters)
    {
        Counters = counters;
        Waiting = counters.FirstReady;
        Held = counters.FirstHeld;
    }

    /// <summary>What is sampled.</summary>
    public ObjectCounters Counters { get; }

    /// <summary>The queue, when it is one.</summary>
    public Queue? Queue => Counters.Owner as Queue;

    /// <summary>Whether it is looked at.</summary>
    public bool IsActive { get; set; }

    /// <summary>Steps without a change.</summary>
    public int IdleSteps { get; private set; }

    /// <summary>Ready messages at the last sample.</summary>
    public long Waiting { get; private set; }

    /// <summary>Held messages at the last sample.</summary>
    public long Held { get; private set; }

    /// <summary>By how much <see cref="Waiting"/> changed in the last step.</summary>
    public long WaitingChange { get; private set; }

    /// <summary>By how much <see cref="Held"/> changed in the last step.</summary>
    public long HeldChange { get; private set; }

    /// <summary>When something last changed, to the step, in milliseconds since the Unix epoch.</summary>
    public long ChangedMs { get; private set; }

    /// <summary>When a message was last acknowledged, to the step, in milliseconds since the Unix epoch; 0 for never since the start.</summary>
    public long SettledMs { get; private set; }

    /// <summary>Its rows; null when none are kept.</summary>
    public SampleSeries? Series { get; set; }

    /// <summary>Events in a second, over the last step.</summary>
    public double RateOf(MessageEvent of) => _recent[(int)of] / (double)SampleSeries.StepSeconds;

    /// <summary>Events in the last step.</summary>
    public long RecentOf(MessageEvent of) => _recent[(int)of];

    /// <summary>Whether an event of this object counts for its virtual host: there each message counts once.</summary>
    public bool CountsFor(MessageEvent of) => Counters.Owner switch
    {
        Queue _ => of >= MessageEvent.Refused,
        Exchange _ => of == MessageEvent.Routed,
        _ => of < MessageEvent.Routed,
    };

    /// <summary>What has been counted since the last sample.</summary>
    public long NewOf(MessageEvent of) => Counters[of] - _last[(int)of];

    /// <summary>What is there is known from the start on.</summary>
    public void Begin(long waiting, long held)
    {
        Waiting = waiting;
        Held = held;
    }

    /// <summary>Takes the next sample.</summary>
    /// <param name="nowMs">The time.</param>
    public void Sample(long nowMs)
    {
        bool isIdle = true;
        for (int i = 0; i < EventCounts.Length; i++)
        {
            long count = Counters[(MessageEvent)i];
            _recent[i] = count - _last[i];
            _last[i] = count;
            isIdle &= _recent[i] == 0;
        }

        long waiting = 0;
        long held = 0;
        if (!Counters.HasEnded)
        {
            Queue?.Measure(out waiting, out held);
        }

        WaitingChange = waiting - Waiting;
        HeldChange = held - Held;
        Waiting = waiting;
        Held = held;
        isIdle &= WaitingChange == 0 && HeldChange == 0;
        IdleSteps = isIdle ? IdleSteps + 1 : 0;
        ChangedMs = isIdle && ChangedMs != 0 ? ChangedMs : nowMs;
        SettledMs = _recent[(int)MessageEvent.Acknowledged] > 0 ? nowMs : SettledMs;
        if (Series is not null)
        {
            Span<uint> row = stackalloc uint[SampleRow.QueueWidth];
            for (int i = 0; i < EventCounts.Length; i++)
            {
                row[i] = SampleRow.Clamp(_recent[i]);
            }

            row[SampleRow.Waiting] = SampleRow.Clamp(waiting);
            row[SampleRow.Held] = SampleRow.Clamp(held);
            Series.Add(row);
        }
    }
}
