using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Live;

namespace Ropeway.Management.Metrics;

/// <summary>
/// The pages that Prometheus reads: <c>/metrics</c> with sums, <c>/metrics/per-object</c>, and <c>/metrics/detailed</c> with the families that are asked
/// for. Nothing is kept between two readings: all is counted when a page is asked for. Any thread.
/// </summary>
internal sealed class MetricPages(LiveState live)
{
    /// <summary>Path of the sums; the other pages are below it.</summary>
    public const string Root = "/metrics";

    private const string DetailedPrefix = "rabbitmq_detailed_";

    private readonly Broker _broker = live.Broker;
    private readonly BrokerMetrics _whole = new(live.Broker, live.Options, live.Findings);
    private readonly GlobalMetrics _global = new(live.Broker, live.Sampler);

    /// <summary>The pages on the management listeners.</summary>
    public static IEnumerable<Route> Routes(LiveState live)
    {
        var pages = new MetricPages(live);
        return
        [
            new("GET", Root, ApiAccess.Monitoring, _ => pages.Sums()),
            new("GET", $"{Root}/per-object", ApiAccess.Monitoring, _ => pages.PerObject()),
            new("GET", $"{Root}/detailed", ApiAccess.Monitoring, request => pages.Detailed(request.Parameters("family"), request.Parameters("vhost"))),
        ];
    }

    /// <summary>A page on a listener for metrics only; null when there is none of that path.</summary>
    /// <param name="path">Decoded.</param>
    /// <param name="parameters">The values of a parameter of the query.</param>
    public ApiReply? Find(string path, Func<string, IReadOnlyList<string>> parameters) => path switch
    {
        Root => Sums(),
        $"{Root}/per-object" => PerObject(),
        $"{Root}/detailed" => Detailed(parameters("family"), parameters("vhost")),
        _ => null,
    };

    private ApiReply Sums() => Page(async text =>
    {
        _whole.Write(text);
        _global.Write(text);
        ObjectSums.Write(text, _broker);
        await text.SendAsync().ConfigureAwait(false);
    });

    private ApiReply PerObject() => Page(async text =>
    {
        _whole.Write(text);
        _global.Write(text);
        await WriteObjectsAsync(text, ObjectSums.Prefix, isWanted: _ => true, hosts: []).ConfigureAwait(false);
    });

    private ApiReply Detailed(IReadOnlyList<string> groups, IReadOnlyList<string> hosts) => Page(text => WriteObjectsAsync(text, DetailedPrefix, group => groups.Contains(group, StringComparer.Ordinal), hosts));

    private async ValueTask WriteObjectsAsync(MetricText text, string prefix, Func<string, bool> isWanted, IReadOnlyList<string> hosts)
    {
        bool IsOfHost(string host) => hosts.Count == 0 || hosts.Contains(host, StringComparer.Ordinal);
        foreach (ObjectMetric<QueueFigures> metric in ObjectMetrics.OfQueues.Where(metric => isWanted(metric.Group)))
        {
            MetricFamily family = Begin(text, prefix, metric);
            foreach (Queue queue in Queues(host => IsOfHost(host.Name)))
            {
                text.Sample(family, metric.ValueOf(QueueFigures.Of(queue)), ("vhost", queue.Host.Name), ("queue", queue.Name));
                await SendFullAsync(text).ConfigureAwait(false);
            }
        }

        foreach (ObjectMetric<ConnectionEntry> metric in ObjectMetrics.OfConnections.Where(metric => isWanted(metric.Group)))
        {
            MetricFamily family = Begin(text, prefix, metric);
            foreach (ConnectionEntry entry in _broker.Connections.Entries.Where(entry => IsOfHost(entry.VirtualHost)))
            {
                text.Sample(family, metric.ValueOf(entry), ("connection", entry.Name));
                await SendFullAsync(text).ConfigureAwait(false);
            }
        }

        foreach (ObjectMetric<OpenChannel> metric in ObjectMetrics.OfChannels.Where(metric => isWanted(metric.Group)))
        {
            MetricFamily family = Begin(text, prefix, metric);
            foreach (ConnectionEntry entry in _broker.Connections.Entries.Where(entry => IsOfHost(entry.VirtualHost)))
            {
                foreach (OpenChannel channel in entry.Connection.ListChannels())
                {
                    text.Sample(family, metric.ValueOf(channel), ("channel", $"{entry.Name} ({channel.Number})"));
                }

                await SendFullAsync(text).ConfigureAwait(false);
            }
        }

        await text.SendAsync().ConfigureAwait(false);
    }

    private static ApiReply Page(Func<MetricText, ValueTask> writeAsync) =>
        ApiReply.Stream(MetricText.ContentType, async (body, aborted) => await writeAsync(new MetricText(body, aborted)).ConfigureAwait(false));

    private static ValueTask SendFullAsync(MetricText text) => text.IsFull ? text.SendAsync() : ValueTask.CompletedTask;

    private static MetricFamily Begin<T>(MetricText text, string prefix, ObjectMetric<T> metric)
    {
        var family = new MetricFamily(ObjectMetrics.Prefix(prefix, metric.Name), metric.Help);
        text.Begin(family);
        return family;
    }

    private IEnumerable<Queue> Queues(Func<VirtualHost, bool> isMeant) => _broker.VirtualHosts.All.Where(isMeant).SelectMany(host => host.ListQueues());
}
