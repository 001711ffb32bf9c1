using Ropeway.Core;
using Ropeway.Management.Views;

namespace Ropeway.Management.Samples;

/// <summary>What went over one connection in the last step. Written under the sampler's gate; any thread may read what is a moment old.</summary>
internal sealed class SampledTraffic
{
    private ConnectionTraffic _last;
    private long _received;
    private long _sent;

    /// <summary>How fast bytes come.</summary>
    public RateView Received => new(Volatile.Read(ref _received) / (double)SampleSeries.StepSeconds);

    /// <summary>How fast bytes leave.</summary>
    public RateView Sent => new(Volatile.Read(ref _sent) / (double)SampleSeries.StepSeconds);

    /// <summary>The samples of a connection; null before its first step.</summary>
    public static SampledTraffic? Find(ConnectionEntry entry) => entry.Sample as SampledTraffic;

    /// <summary>Takes the next sample of a connection.</summary>
    public static void Take(ConnectionEntry entry)
    {
        ConnectionTraffic now = entry.Connection.Traffic;
        SampledTraffic? sampled = Find(entry);
        if (sampled is null)
        {
            entry.Sample = sampled = new SampledTraffic();
        }

        Volatile.Write(ref sampled._received, now.ReceivedBytes - sampled._last.ReceivedBytes);
        Volatile.Write(ref sampled._sent, now.SentBytes - sampled._last.SentBytes);
        sampled._last = now;
    }
}
