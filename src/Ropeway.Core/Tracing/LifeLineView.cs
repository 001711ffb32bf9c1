namespace Ropeway.Core.Tracing;

/// <summary>What is known of a traced message at one moment.</summary>
/// <param name="Host">Its virtual host.</param>
/// <param name="Sender">Who sent it: a connection's name.</param>
/// <param name="Exchange">The exchange that it was published to.</param>
/// <param name="RoutingKey">Its routing key.</param>
/// <param name="MessageId">Its message-id; null for none.</param>
/// <param name="TraceParent">The header <c>traceparent</c>; null for none.</param>
public sealed record LifeLineView(string Host, string Sender, string Exchange, string RoutingKey, string? MessageId, string? TraceParent)
{
    /// <summary>Length of its body.</summary>
    public required int BodyBytes { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When all its queues had it; null before.</summary>
    public required DateTimeOffset? RoutedAt { get; init; }

    /// <summary>When it was on the disk, or was known not to need that; null before. Its publisher was confirmed then, if it had asked for confirms.</summary>
    public required DateTimeOffset? SafeAt { get; init; }

    /// <summary>Whether a queue would not take it.</summary>
    public required bool IsRefused { get; init; }

    /// <summary>Whether it waits for its time.</summary>
    public required bool IsDelayed { get; init; }

    /// <summary>Its stays in queues.</summary>
    public required IReadOnlyList<QueueStayView> Stays { get; init; }

    /// <summary>Stays that were too many to be remembered.</summary>
    public required int LeftOutCount { get; init; }
}
