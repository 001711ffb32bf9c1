using Ropeway.Core.Statistics;

namespace Ropeway.Management.Samples;

/// <summary>The sums over one virtual host, or over the node. Guarded by the sampler's gate.</summary>
internal sealed class SampledTotal
{
    private readonly long[] _counts = new long[EventCounts.Length];
    private readonly long[] _recent = new long[EventCounts.Length];

    /// <summary>Ready messages.</summary>
    public long Waiting { get; private set; }

    /// <summary>Held messages.</summary>
    public long Held { get; private set; }

    /// <summary>By how much <see cref="Waiting"/> changed in the last step.</summary>
    public long WaitingChange { get; private set; }

    /// <summary>By how much <see cref="Held"/> changed in the last step.</summary>
    public long HeldChange { get; private set; }

    /// <summary>The number of an event, up to the last sample.</summary>
    public long this[MessageEvent of] => _counts[(int)of];

    /// <summary>Events in a second, over the last step.</summary>
    public double RateOf(MessageEvent of) => _recent[(int)of] / (double)SampleSeries.StepSeconds;

    /// <summary>What is there at the start.</summary>
    public void Begin(long waiting, long held)
    {
        Waiting += waiting;
        Held += held;
    }

    /// <summary>The next step begins.</summary>
    public void BeginStep()
    {
        Array.Clear(_recent);
        WaitingChange = 0;
        HeldChange = 0;
    }

    /// <summary>Adds an object whose next sample was just taken.</summary>
    public void Add(SampledObject sampled)
    {
        for (int i = 0; i < EventCounts.Length; i++)
        {
            if (sampled.CountsFor((MessageEvent)i))
            {
                long recent = sampled.RecentOf((MessageEvent)i);
                _recent[i] += recent;
                _counts[i] += recent;
            }
        }

        WaitingChange += sampled.WaitingChange;
        HeldChange += sampled.HeldChange;
        Waiting += sampled.WaitingChange;
        Held += sampled.HeldChange;
    }

    /// <summary>The step's row.</summary>
    public void CopyTo(Span<uint> row)
    {
        for (int i = 0; i < EventCounts.Length; i++)
        {
            row[i] = SampleRow.Clamp(_recent[i]);
        }

        row[SampleRow.Waiting] = SampleRow.Clamp(Waiting);
        row[SampleRow.Held] = SampleRow.Clamp(Held);
    }
}
