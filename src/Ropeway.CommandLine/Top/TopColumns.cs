using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Top;

/// <summary>The columns of <c>ropeway top</c>.</summary>
internal static class TopColumns
{
    /// <summary>Of queues.</summary>
    public static IReadOnlyList<Column> Queues { get; } =
    [
        new("queue", "name", ColumnKind.Name),
        new("waiting", "messages_ready", ColumnKind.Count),
        new("held", "messages_unacknowledged", ColumnKind.Count),
        new("in/s", "message_stats.publish_details.rate", ColumnKind.Rate),
        new("out/s", "message_stats.deliver_get_details.rate", ColumnKind.Rate),
        new("consumers", "consumers", ColumnKind.Count),
        new("vhost", "vhost", ColumnKind.Name),
        new("state", "state"),
    ];

    /// <summary>Of connections.</summary>
    public static IReadOnlyList<Column> Connections { get; } =
    [
        new("connection", "name", ColumnKind.Name),
        new("client", "client_properties.connection_name", ColumnKind.Name),
        new("user", "user", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("channels", "channels", ColumnKind.Count),
        new("state", "state"),
        new("reason", "blocked_reason", ColumnKind.Name),
    ];

    /// <summary>The columns that queues can be sorted by, the highest first.</summary>
    public static IReadOnlyList<Column> Sortable { get; } = [.. Queues.Where(static column => column.IsRightAligned)];

    /// <summary>The column that is chosen.</summary>
    public static Column SortedBy(TopState state) => Sortable[state.SortIndex % Sortable.Count];
}
