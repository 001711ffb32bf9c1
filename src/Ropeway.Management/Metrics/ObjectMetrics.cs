using Ropeway.Core;

namespace Ropeway.Management.Metrics;

/// <summary>What is measured of each queue, connection and channel, under RabbitMQ's names; what RabbitMQ does not have begins with <see cref="Own"/>.</summary>
internal static class ObjectMetrics
{
    /// <summary>Prefix of the measures that RabbitMQ does not have.</summary>
    public const string Own = "ropeway_";

    /// <summary>Of each queue.</summary>
    public static IReadOnlyList<ObjectMetric<QueueFigures>> OfQueues { get; } =
    [
        new("queue_messages_ready", "Messages ready to be delivered", "queue_coarse_metrics", static queue => queue.Ready),
        new("queue_messages_unacked", "Messages delivered and not yet acknowledged", "queue_coarse_metrics", static queue => queue.Unacked),
        new("queue_messages", "Messages in queues, those that wait for a retry included", "queue_coarse_metrics", static queue => queue.Ready + queue.Unacked + queue.Delayed),
        new("queue_consumers", "Consumers on queues", "queue_consumer_count", static queue => queue.Consumers),
        new("queue_messages_published_total", "Messages that queues have taken", "queue_metrics", static queue => queue.Enqueued),
        new($"{Own}queue_messages_delayed", "Messages that wait for a retry", "queue_metrics", static queue => queue.Delayed),
        new($"{Own}queue_messages_kept", "Acknowledged messages that can come back", "queue_metrics", static queue => queue.Kept),
    ];

    /// <summary>Of each connection.</summary>
    public static IReadOnlyList<ObjectMetric<ConnectionEntry>> OfConnections { get; } =
    [
        new("connection_channels", "Channels of connections", "connection_metrics", static entry => entry.Connection.ChannelCount),
    ];

    /// <summary>Of each channel.</summary>
    public static IReadOnlyList<ObjectMetric<OpenChannel>> OfChannels { get; } =
    [
        new("channel_consumers", "Consumers on channels", "channel_metrics", static channel => channel.Consumers.Count),
        new("channel_messages_unacked", "Messages delivered on channels and not yet acknowledged", "channel_metrics", static channel => channel.UnackedCount),
        new("channel_prefetch", "Limit of unacknowledged messages of all consumers of a channel together", "channel_metrics", static channel => channel.SharedPrefetch),
        new($"{Own}channel_deliveries_total", "Messages delivered on channels, fetched ones included", "channel_metrics", static channel => channel.DeliveredCount),
    ];

    /// <summary>The full name.</summary>
    /// <param name="prefix">Of RabbitMQ's measures.</param>
    /// <param name="name">An <see cref="ObjectMetric{T}.Name"/>.</param>
    public static string Prefix(string prefix, string name) => name.StartsWith(Own, StringComparison.Ordinal) ? name : prefix + name;
}
