using System.Diagnostics;
using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Management.Http;
using Ropeway.Management.Live;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/nodes</c>: the one node, what its process uses, and what it has done.</summary>
internal sealed class NodeEndpoints(LiveState live)
{
    /// <summary>What is measured, under RabbitMQ's names. RabbitMQ counts Erlang's processes where threads are counted here.</summary>
    private static readonly (string Name, Func<NodeFigures, long?> Figure)[] Measured =
    [
        ("mem_used", figures => figures.MemoryBytes),
        ("disk_free", figures => figures.FreeDiskBytes),
        ("fd_used", figures => figures.Descriptors),
        ("sockets_used", figures => figures.Connections),
        ("proc_used", figures => figures.Threads),
        ("gc_num", figures => figures.Collections),
        ("gc_bytes_reclaimed", figures => figures.ReclaimedBytes),
        ("io_read_count", figures => figures.Storage.ColdReadCount),
        ("io_write_count", figures => figures.Storage.GroupCount),
        ("io_write_bytes", figures => figures.Storage.JournalBytesWritten),
        ("io_sync_count", figures => figures.Storage.SyncCount),
    ];

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/nodes", ApiAccess.Monitoring, List),
        new("GET", "/api/nodes/{node}", ApiAccess.Monitoring, Get),
    ];

    private ApiReply List(ApiRequest request) =>
        ApiReply.List(request.WholeQuery(), [View()], view => view.Name, ViewJson.Default.NodeView, ViewJson.Default.IEnumerableNodeView);

    private ApiReply Get(ApiRequest request) => request["node"] == live.Broker.NodeName
        ? ApiReply.Item(request.WholeQuery(), View(), ViewJson.Default.NodeView)
        : throw ApiException.NotFound();

    private NodeView View()
    {
        Broker broker = live.Broker;
        NodeTrend trend = live.Gauges.MeasureTrend();
        using var process = Process.GetCurrentProcess();
        TimeSpan uptime = broker.Time.GetUtcNow().UtcDateTime - process.StartTime.ToUniversalTime();
        return new NodeView(
            broker.NodeName,
            Type: "disc",
            Running: true,
            $"{Environment.ProcessId}",
            Environment.ProcessorCount,
            MemAlarm: broker.Admission.Causes.HasFlag(AdmissionCause.Memory),
            DiskFreeAlarm: broker.Admission.Causes.HasFlag(AdmissionCause.Disk) || broker.Durability.CongestionReason is not null,
            (long)uptime.TotalMilliseconds,
            OverviewEndpoints.RatesMode,
            trend.Now.MemoryBytesMax,
            MemCalculationStrategy: "rss",
            trend.Now.FreeDiskBytesMin,
            FdTotal: trend.Now.DescriptorsMax,
            SocketsTotal: trend.Now.DescriptorsMax,
            ProcTotal: trend.Now.ThreadsMax,
            RunQueue: ThreadPool.PendingWorkItemCount,
            KnownKinds.ExchangeTypes,
            KnownKinds.LoginMechanisms,
            Partitions: [],
            EnabledPlugins: [],
            ClusterLinks: [])
        {
            Measured = Measure(trend),
        };
    }

    /// <summary>Figures and how fast they change; what came and went; the mean time of the last syncs in milliseconds.</summary>
    private Dictionary<string, object> Measure(NodeTrend trend)
    {
        Dictionary<string, object> measured = live.Sampler.MeasureChurn();
        foreach ((string name, Func<NodeFigures, long?> figure) in Measured)
        {
            if (figure(trend.Now) is { } value)
            {
                measured.Add(name, value);
                measured.Add($"{name}_details", new RateView(trend.RateOf(figure)));
            }
        }

        DurationSpread syncs = trend.Now.Syncs.Since(trend.Before.Syncs);
        double meanMs = syncs.Count == 0 ? 0 : syncs.Total.TotalMilliseconds / syncs.Count;
        measured.Add("io_sync_avg_time", meanMs);
        measured.Add("io_sync_avg_time_details", new RateView(meanMs)); // RabbitMQ says the same twice.
        return measured;
    }
}
