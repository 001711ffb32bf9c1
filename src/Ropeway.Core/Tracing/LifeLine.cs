using System.Diagnostics;

namespace Ropeway.Core.Tracing;

/// <summary>One traced message: where it came from, and its stays in queues. Guarded by the gate of its <see cref="LifeLines"/>, but for what never changes.</summary>
internal sealed class LifeLine
{
    /// <summary>Most stays that are remembered of those that the broker has brought about itself: a message may go round for ever.</summary>
    public const int OnwardMax = 64;

    private readonly List<QueueStay> _stays = [];
    private int _onwardCount;

    /// <summary>Its virtual host.</summary>
    public required string Host { get; init; }

    /// <summary>Who sent it: a connection's name.</summary>
    public required string Sender { get; init; }

    /// <summary>The exchange that it was published to.</summary>
    public required string Exchange { get; init; }

    /// <summary>Its routing key.</summary>
    public required string RoutingKey { get; init; }

    /// <summary>Its message-id; null for none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The header <c>traceparent</c> as the publisher wrote it; null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Length of its body.</summary>
    public int BodyBytes { get; init; }

    /// <summary>When it came.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When all queues had it.</summary>
    public DateTimeOffset? RoutedAt { get; set; }

    /// <summary>When it was on the disk, or needed not to be: from then on it may be confirmed.</summary>
    public DateTimeOffset? SafeAt { get; set; }

    /// <summary>Whether a queue would not take it: its publisher gets a negative confirm.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Whether newer ones have taken its place, which may be before all queues have it.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The span of its publishing; null when nobody listens.</summary>
    public Activity? Span { get; init; }

    /// <summary>Parent of the spans that follow.</summary>
    public ActivityContext Context { get; init; }

    /// <summary>Its stays, in the order of their beginnings.</summary>
    public IReadOnlyList<QueueStay> Stays => _stays;

    /// <summary>Stays that were too many.</summary>
    public int LeftOutCount { get; private set; }

    /// <summary>Adds a stay.</summary>
    /// <returns>The stay that it takes the place of; null for none.</returns>
    public QueueStay? Add(QueueStay stay)
    {
        QueueStay? oldest = null;
        if (stay.Origin is not null && ++_onwardCount > OnwardMax)
        {
            int index = _stays.FindIndex(other => other.Origin is not null);
            oldest = _stays[index];
            _stays.RemoveAt(index);
            _onwardCount--;
            LeftOutCount++;
        }

        _stays.Add(stay);
        return oldest;
    }
}
