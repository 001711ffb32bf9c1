namespace Ropeway.Core.Queues.Browsing;

/// <summary>What a look into a queue has found; immutable.</summary>
/// <param name="Messages">The messages, in the order in which they were looked at.</param>
/// <param name="ScannedCount">Messages that were looked at.</param>
/// <param name="ScannedBytes">Their bytes, as far as they were read.</param>
/// <param name="Total">Messages that the set has at about this moment.</param>
public sealed record BrowsedPage(IReadOnlyList<BrowsedMessage> Messages, long ScannedCount, long ScannedBytes, long Total)
{
    /// <summary>Whether all messages on the way were looked at; else it goes on at <see cref="Next"/>.</summary>
    public bool IsDone { get; init; }

    /// <summary>Where to go on; null when there is nothing more.</summary>
    public long? Next { get; init; }

    /// <summary>Where to begin with the other direction to see what comes before this page; null when nothing can.</summary>
    public long? Previous { get; init; }
}
