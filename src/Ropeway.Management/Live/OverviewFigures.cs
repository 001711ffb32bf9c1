using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Findings;
using Ropeway.Management.Views;

namespace Ropeway.Management.Live;

/// <summary>Makes the overview that a user may see. Any thread.</summary>
internal sealed class OverviewFigures(Broker broker, QueueWatch watch, FlowRates flows, SlowedPublishers slowed, FindingBoard findings, NodeGauges gauges)
{
    private readonly ConnectionFigures _connections = new(broker);
    private readonly CommitTimes _commits = new(broker);
    private readonly long _startedAt = broker.Time.GetTimestamp();

    /// <summary>The overview at this moment.</summary>
    public LiveOverviewView Of(Viewer viewer)
    {
        VirtualHost[] hosts = [.. viewer.Hosts];
        IReadOnlyDictionary<string, HostTotals> totals = watch.Totals;
        HostTotals[] own = [.. hosts.Select(host => totals.GetValueOrDefault(host.Name)).OfType<HostTotals>()];
        ConnectionEntry[] connections = [.. viewer.Connections];
        (VirtualHost Host, HostTotals Totals)? oldest = OldestOf(hosts, totals);
        FlowFigures flow = hosts.Aggregate(default(FlowFigures), (sum, host) => sum + flows.Of(host.Name));
        CommitFigures commits = _commits.Measure();
        NodeFigures? node = viewer.IsMonitor ? gauges.Measure() : null;
        return new LiveOverviewView
        {
            Node = broker.NodeName,
            Version = Broker.Version,
            Uptime = (long)broker.Time.GetElapsedTime(_startedAt).TotalSeconds,
            PublishedRate = Figures.Rate(flow.Published),
            DeliveredRate = Figures.Rate(flow.Delivered),
            AckedRate = Figures.Rate(flow.Acked),
            ReturnedRate = Figures.Rate(flow.Returned),
            UnroutableRate = Figures.Rate(flow.Unroutable),
            Waiting = own.Sum(host => host.Waiting),
            Held = own.Sum(host => host.Held),
            Queues = hosts.Sum(host => (long)host.QueueCount),
            Exchanges = hosts.Sum(host => (long)host.ExchangeCount),
            Connections = connections.Length,
            Channels = connections.Sum(entry => entry.Connection.ChannelCount),
            Consumers = _connections.ConsumersOf(connections),
            Oldest = Figures.Seconds(oldest?.Totals.OldestSeconds),
            OldestQueue = oldest is { } at ? [at.Host.Name, at.Totals.OldestQueue!] : null,
            LongestHeld = Figures.Seconds(own.Max(host => host.LongestHeldSeconds)),
            ConfirmP50Ms = commits.CommitP50,
            ConfirmP99Ms = commits.CommitP99,
            SyncP50Ms = commits.SyncP50,
            SyncP99Ms = commits.SyncP99,
            DiskFree = node?.FreeDiskBytes,
            DiskFreeLimit = node?.FreeDiskBytesMin,
            DiskTotal = node?.TotalDiskBytes,
            Memory = node?.MemoryBytes,
            MemoryLimit = node?.MemoryBytesMax,
            Descriptors = node?.Descriptors,
            DescriptorsLimit = node?.DescriptorsMax,
            Slowed = [.. slowed.Now.Where(slowing => slowing.VirtualHost is null || viewer.Sees(slowing.VirtualHost))
                .Select(slowing => new SlowedView(slowing.VirtualHost, Queue: null, slowing.Reason, IsoTime.Of(slowing.Since)))],
            Findings = findings.CountsFor(viewer),
            Protocols = [.. connections.GroupBy(entry => entry.Protocol, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new ProtocolFlowView(group.Key, group.Count(), InRate: null, OutRate: null))],
        };
    }

    private static (VirtualHost Host, HostTotals Totals)? OldestOf(VirtualHost[] hosts, IReadOnlyDictionary<string, HostTotals> totals)
    {
        (VirtualHost, HostTotals)? oldest = null;
        foreach (VirtualHost host in hosts)
        {
            if (totals.TryGetValue(host.Name, out HostTotals? one) && one.OldestSeconds is not null && !(one.OldestSeconds <= oldest?.Item2.OldestSeconds))
            {
                oldest = (host, one);
            }
        }

        return oldest;
    }
}
