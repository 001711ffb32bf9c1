using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Findings;
using Ropeway.Management.Live;
using Ropeway.Management.Views;

namespace Ropeway.Management.Metrics;

/// <summary>What is measured of the broker as a whole. Any thread.</summary>
/// <param name="broker">What is measured.</param>
/// <param name="options">Knows what the system is measured with.</param>
/// <param name="findings">What needs a look; null when nobody looks.</param>
internal sealed class BrokerMetrics(Broker broker, ManagementOptions options, FindingBoard? findings)
{
    private readonly Broker _broker = broker;
    private readonly ManagementOptions _options = options;

    /// <summary>Writes all of it.</summary>
    public void Write(IMetricSink sink)
    {
        WriteIdentity(sink);
        WriteAlarms(sink);
        WriteTotals(sink);
        WriteProcess(sink);
        WriteStorage(sink, _broker.Durability.MeasureStorage());
        sink.AddHistogram("ropeway_group_commit_duration_seconds", "From the first record of a group to its being durable", _broker.Durability.MeasureCommits().Commit);
        WriteBlocked(sink);
        if (findings is not null)
        {
            WriteFindings(sink, findings);
        }
    }

    private void WriteIdentity(IMetricSink sink)
    {
        var build = new MetricFamily("rabbitmq_build_info", "The release whose API this one follows, and our own version");
        sink.Begin(build);
        sink.Sample(build, 1, ("rabbitmq_version", Broker.RabbitVersion), ("product_name", OverviewEndpoints.Product), ("product_version", Broker.Version));
        var identity = new MetricFamily("rabbitmq_identity_info", "The node and its cluster");
        sink.Begin(identity);
        sink.Sample(identity, 1, ("rabbitmq_node", _broker.NodeName), ("rabbitmq_cluster", _broker.NodeName), ("rabbitmq_cluster_permanent_id", _broker.NodeName));
    }

    private void WriteAlarms(IMetricSink sink)
    {
        AdmissionCause causes = _broker.Admission.Causes;
        sink.Add("rabbitmq_alarms_memory_used_watermark", "1 while publishers wait because of memory", causes.HasFlag(AdmissionCause.Memory) ? 1 : 0);
        sink.Add("rabbitmq_alarms_free_disk_space_watermark", "1 while publishers wait because of disk space", causes.HasFlag(AdmissionCause.Disk) ? 1 : 0);
        sink.Add("ropeway_alarms_storage_congested", "1 while publishers wait because the disk does not keep up", _broker.Durability.CongestionReason is null ? 0 : 1);
    }

    private void WriteTotals(IMetricSink sink)
    {
        ICollection<ConnectionEntry> connections = _broker.Connections.Entries;
        sink.Add("rabbitmq_connections_opened_total", "Connections that have logged in", _broker.Connections.OpenedCount);
        sink.Add("rabbitmq_connections_closed_total", "Connections that have logged in and ended", _broker.Connections.ClosedCount);
        sink.Add("rabbitmq_channels_opened_total", "Channels that were opened", _broker.Churn.ChannelsOpened);
        sink.Add("rabbitmq_channels_closed_total", "Channels that were closed, also with their connections", _broker.Churn.ChannelsClosed);
        sink.Add("rabbitmq_queues_declared_total", "Declares of queues, new or there already", _broker.Churn.QueuesDeclared);
        sink.Add("rabbitmq_queues_created_total", "Queues that were made", _broker.Churn.QueuesCreated);
        sink.Add("rabbitmq_queues_deleted_total", "Queues that were deleted", _broker.Churn.QueuesDeleted);
        sink.Add("rabbitmq_connections", "Connections open now", connections.Count);
        sink.Add("rabbitmq_channels", "Channels open now", connections.Sum(entry => entry.Connection.ChannelCount));
        sink.Add("rabbitmq_queues", "Queues", _broker.VirtualHosts.All.Sum(host => (long)host.ListQueues().Count));
        sink.Add("rabbitmq_consumers", "Consumers", connections.Sum(entry => entry.Connection.ListChannels().Sum(channel => channel.Consumers.Count)));
    }

    private void WriteProcess(IMetricSink sink)
    {
        sink.Add("rabbitmq_process_resident_memory_bytes", "Memory of the process in bytes", Environment.WorkingSet);
        if (NodeGauges.CountDescriptors() is { } descriptors)
        {
            sink.Add("rabbitmq_process_open_fds", "Open file descriptors, sockets included", descriptors);
        }

        if (NodeGauges.ReadLimit() is { } filesMax)
        {
            sink.Add("rabbitmq_process_max_fds", "File descriptors that the process may have", filesMax);
        }

        if (_options.Gauges is { } gauges)
        {
            sink.Add("rabbitmq_disk_space_available_bytes", "Free space on the disk of the data directory in bytes", gauges.FreeDiskBytes);
        }

        if (_options.Limits is { } limits)
        {
            sink.Add("rabbitmq_resident_memory_limit_bytes", "Memory from which on publishers wait, in bytes", limits.UsedMemoryBytesMax);
            sink.Add("rabbitmq_disk_space_available_limit_bytes", "Free disk space below which publishers wait, in bytes", limits.FreeDiskBytesMin);
        }
    }

    private static void WriteStorage(IMetricSink sink, StorageActivity activity)
    {
        sink.Add("rabbitmq_io_write_ops_total", "Writes to the journal", activity.GroupCount);
        sink.Add("rabbitmq_io_write_bytes_total", "Bytes written to the journal", activity.JournalBytesWritten);
        sink.Add("rabbitmq_io_sync_ops_total", "Syncs of journal files", activity.SyncCount);
        sink.Add("rabbitmq_io_read_ops_total", "Reads of messages from the disk", activity.ColdReadCount);
        sink.Add("ropeway_commit_groups_total", "Groups of records that were written at once", activity.GroupCount);
        sink.Add("ropeway_commit_bytes_total", "Bytes of these groups; divided by their number, the size of a group", activity.JournalBytesWritten);
        sink.Add("ropeway_cold_reads_total", "Reads of messages that were in the memory of the tail no more", activity.ColdReadCount);
        sink.Add("ropeway_tail_hits_total", "Messages read from the memory of the tail", activity.HotMessageCount);
        sink.Add("ropeway_tail_misses_total", "Messages that had to come from the disk", activity.ColdMessageCount);
        sink.Add("ropeway_moved_bytes_total", "Bytes copied to make room in the journal and in memory", activity.MovedBytes);
        sink.Add("ropeway_checkpoints_total", "Checkpoints written", activity.CheckpointCount);
        sink.Add("ropeway_journal_files", "Journal files that hold something still needed", activity.JournalFileCount);
        sink.Add("ropeway_segment_files", "Segment files", activity.SegmentCount);
        sink.Add("ropeway_segment_bytes", "Bytes of segment files", activity.SegmentBytes);
        sink.Add("ropeway_tail_memory_bytes", "Memory of durable messages that were written last, in bytes", activity.TailBytes);
        sink.Add("ropeway_transient_memory_bytes", "Memory of transient messages, in bytes", activity.TransientBytes);
        sink.Add("ropeway_quarantined_queues", "Queues and other logs out of service because files are damaged", activity.QuarantinedLogCount);
    }

    /// <summary>One sample for each kind of finding that there is now, snoozed ones included.</summary>
    private static void WriteFindings(IMetricSink sink, FindingBoard findings)
    {
        var family = new MetricFamily("ropeway_findings", "What needs a look, by its id and severity; see findings.md");
        sink.Begin(family);
        foreach (IGrouping<(string Id, FindingSeverity Severity), Finding> group in findings.All.GroupBy(finding => (finding.Key.Id, finding.Severity)))
        {
            sink.Sample(family, group.Count(), ("id", group.Key.Id), ("severity", FindingView.WordOf(group.Key.Severity)));
        }
    }

    /// <summary>One sample for each reason that holds at this moment, none when nobody waits.</summary>
    private void WriteBlocked(IMetricSink sink)
    {
        var family = new MetricFamily("ropeway_publishers_blocked", "Connections that want to publish and have to wait, by the reason they are given");
        sink.Begin(family);
        foreach (IGrouping<string, string> reason in _broker.Connections.Entries.Select(entry => entry.Connection.BlockedReason).OfType<string>().GroupBy(reason => reason, StringComparer.Ordinal))
        {
            sink.Sample(family, reason.Count(), ("reason", reason.Key));
        }
    }
}
