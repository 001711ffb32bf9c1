using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Findings;
using Ropeway.Management.Live;
using Ropeway.Management.Views;

namespace Ropeway.Management.Metrics;

/// <summary>What is measured of the broker as a whole. Any thread.</summary>
internal sealed class BrokerMetrics(LiveState live)
{
    private const string OpenFilesDirectory = "/proc/self/fd";

    private readonly Broker _broker = live.Broker;
    private readonly ManagementOptions _options = live.Options;

    /// <summary>Writes all of it.</summary>
    public void Write(MetricText text)
    {
        WriteIdentity(text);
        WriteAlarms(text);
        WriteTotals(text);
        WriteProcess(text);
        WriteStorage(text, _broker.Durability.MeasureStorage());
        text.AddHistogram("ropeway_group_commit_duration_seconds", "From the first record of a group to its being durable", _broker.Durability.MeasureCommits().Commit);
        WriteBlocked(text);
        WriteFindings(text);
    }

    private void WriteIdentity(MetricText text)
    {
        var build = new MetricFamily("rabbitmq_build_info", "The release whose API this one follows, and our own version");
        text.Begin(build);
        text.Sample(build, 1, ("rabbitmq_version", Broker.RabbitVersion), ("product_name", OverviewEndpoints.Product), ("product_version", Broker.Version));
        var identity = new MetricFamily("rabbitmq_identity_info", "The node and its cluster");
        text.Begin(identity);
        text.Sample(identity, 1, ("rabbitmq_node", _broker.NodeName), ("rabbitmq_cluster", _broker.NodeName), ("rabbitmq_cluster_permanent_id", _broker.NodeName));
    }

    private void WriteAlarms(MetricText text)
    {
        AdmissionCause causes = _broker.Admission.Causes;
        text.Add("rabbitmq_alarms_memory_used_watermark", "1 while publishers wait because of memory", causes.HasFlag(AdmissionCause.Memory) ? 1 : 0);
        text.Add("rabbitmq_alarms_free_disk_space_watermark", "1 while publishers wait because of disk space", causes.HasFlag(AdmissionCause.Disk) ? 1 : 0);
        text.Add("ropeway_alarms_storage_congested", "1 while publishers wait because the disk does not keep up", _broker.Durability.CongestionReason is null ? 0 : 1);
    }

    private void WriteTotals(MetricText text)
    {
        ICollection<ConnectionEntry> connections = _broker.Connections.Entries;
        text.Add("rabbitmq_connections_opened_total", "Connections that have logged in", _broker.Connections.OpenedCount);
        text.Add("rabbitmq_connections_closed_total", "Connections that have logged in and ended", _broker.Connections.ClosedCount);
        text.Add("rabbitmq_connections", "Connections open now", connections.Count);
        text.Add("rabbitmq_channels", "Channels open now", connections.Sum(entry => entry.Connection.ChannelCount));
        text.Add("rabbitmq_queues", "Queues", _broker.VirtualHosts.All.Sum(host => (long)host.ListQueues().Count));
        text.Add("rabbitmq_consumers", "Consumers", connections.Sum(entry => entry.Connection.ListChannels().Sum(channel => channel.Consumers.Count)));
    }

    private void WriteProcess(MetricText text)
    {
        text.Add("rabbitmq_process_resident_memory_bytes", "Memory of the process in bytes", Environment.WorkingSet);
        if (Directory.Exists(OpenFilesDirectory))
        {
            text.Add("rabbitmq_process_open_fds", "Open file descriptors, sockets included", Directory.EnumerateFileSystemEntries(OpenFilesDirectory).LongCount());
        }

        if (_options.Gauges is { } gauges)
        {
            text.Add("rabbitmq_disk_space_available_bytes", "Free space on the disk of the data directory in bytes", gauges.FreeDiskBytes);
        }

        if (_options.Limits is { } limits)
        {
            text.Add("rabbitmq_resident_memory_limit_bytes", "Memory from which on publishers wait, in bytes", limits.UsedMemoryBytesMax);
            text.Add("rabbitmq_disk_space_available_limit_bytes", "Free disk space below which publishers wait, in bytes", limits.FreeDiskBytesMin);
        }
    }

    private static void WriteStorage(MetricText text, StorageActivity activity)
    {
        text.Add("rabbitmq_io_write_ops_total", "Writes to the journal", activity.GroupCount);
        text.Add("rabbitmq_io_write_bytes_total", "Bytes written to the journal", activity.JournalBytesWritten);
        text.Add("rabbitmq_io_sync_ops_total", "Syncs of journal files", activity.SyncCount);
        text.Add("rabbitmq_io_read_ops_total", "Reads of messages from the disk", activity.ColdReadCount);
        text.Add("ropeway_commit_groups_total", "Groups of records that were written at once", activity.GroupCount);
        text.Add("ropeway_commit_bytes_total", "Bytes of these groups; divided by their number, the size of a group", activity.JournalBytesWritten);
        text.Add("ropeway_cold_reads_total", "Reads of messages that were in the memory of the tail no more", activity.ColdReadCount);
        text.Add("ropeway_moved_bytes_total", "Bytes copied to make room in the journal and in memory", activity.MovedBytes);
        text.Add("ropeway_checkpoints_total", "Checkpoints written", activity.CheckpointCount);
        text.Add("ropeway_journal_files", "Journal files that hold something still needed", activity.JournalFileCount);
        text.Add("ropeway_segment_files", "Segment files", activity.SegmentCount);
        text.Add("ropeway_segment_bytes", "Bytes of segment files", activity.SegmentBytes);
        text.Add("ropeway_tail_memory_bytes", "Memory of durable messages that were written last, in bytes", activity.TailBytes);
        text.Add("ropeway_transient_memory_bytes", "Memory of transient messages, in bytes", activity.TransientBytes);
        text.Add("ropeway_quarantined_queues", "Queues and other logs out of service because files are damaged", activity.QuarantinedLogCount);
    }

    /// <summary>One sample for each kind of finding that there is now, snoozed ones included.</summary>
    private void WriteFindings(MetricText text)
    {
        var family = new MetricFamily("ropeway_findings", "What needs a look, by its id and severity; see findings.md");
        text.Begin(family);
        foreach (IGrouping<(string Id, FindingSeverity Severity), Finding> group in live.Findings.All.GroupBy(finding => (finding.Key.Id, finding.Severity)))
        {
            text.Sample(family, group.Count(), ("id", group.Key.Id), ("severity", FindingView.WordOf(group.Key.Severity)));
        }
    }

    /// <summary>One sample for each reason that holds at this moment, none when nobody waits.</summary>
    private void WriteBlocked(MetricText text)
    {
        var family = new MetricFamily("ropeway_publishers_blocked", "Connections that want to publish and have to wait, by the reason they are given");
        text.Begin(family);
        foreach (IGrouping<string, string> reason in _broker.Connections.Entries.Select(entry => entry.Connection.BlockedReason).OfType<string>().GroupBy(reason => reason, StringComparer.Ordinal))
        {
            text.Sample(family, reason.Count(), ("reason", reason.Key));
        }
    }
}
