using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;
using Ropeway.Management.Samples;

namespace Ropeway.Management.Live;

/// <summary>What goes through virtual hosts, smoothed over some seconds. Looked at by one; any thread may ask.</summary>
internal sealed class FlowRates(Sampler sampler)
{
    private const double Seconds = 5;

    private static readonly MessageEvent[][] Groups =
    [
        [MessageEvent.Published],
        [MessageEvent.Delivered, MessageEvent.DeliveredWithoutAck, MessageEvent.Fetched, MessageEvent.FetchedWithoutAck],
        [MessageEvent.Acknowledged, MessageEvent.DeliveredWithoutAck, MessageEvent.FetchedWithoutAck],
        [MessageEvent.Returned],
        [MessageEvent.Unroutable],
    ];

    private Dictionary<VirtualHost, (long[] Counts, SmoothedRate[] Rates)> _hosts = [];
    private Dictionary<string, FlowFigures> _figures = new(StringComparer.Ordinal); // Replaced, never changed.
    private bool _hasLooked;

    /// <summary>Of a virtual host.</summary>
    public FlowFigures Of(string host) => Volatile.Read(ref _figures).GetValueOrDefault(host);

    /// <summary>Looks.</summary>
    /// <param name="elapsedSeconds">Since the last look; more than 0.</param>
    public void Look(double elapsedSeconds)
    {
        var next = new Dictionary<VirtualHost, (long[] Counts, SmoothedRate[] Rates)>();
        var figures = new Dictionary<string, FlowFigures>(StringComparer.Ordinal);
        foreach ((VirtualHost host, long[] counts) in sampler.CountByHost(Groups))
        {
            (long[] last, SmoothedRate[] rates) = _hosts.TryGetValue(host, out (long[], SmoothedRate[]) known)
                ? known
                : (_hasLooked ? new long[counts.Length] : counts, [.. counts.Select(_ => new SmoothedRate(Seconds))]);
            for (int i = 0; i < counts.Length; i++)
            {
                rates[i].Add(Math.Max(0, counts[i] - last[i]), elapsedSeconds);
            }

            next.Add(host, (counts, rates));
            figures[host.Name] = new FlowFigures(rates[0].Value, rates[1].Value, rates[2].Value, rates[3].Value, rates[4].Value);
        }

        _hosts = next;
        _hasLooked = true;
        Volatile.Write(ref _figures, figures);
    }
}
