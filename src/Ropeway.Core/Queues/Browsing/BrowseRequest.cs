namespace Ropeway.Core.Queues.Browsing;

/// <summary>What somebody wants to see of a queue; immutable.</summary>
/// <param name="Set">Which messages.</param>
/// <param name="Start">Where to begin.</param>
public sealed record BrowseRequest(BrowseSet Set, BrowseStart Start)
{
    /// <summary>Most messages of one page.</summary>
    public const int CountLimit = 500;

    /// <summary>Whether to go to lower numbers.</summary>
    public bool IsBackward { get; init; }

    /// <summary>How many messages are wanted, 1 to <see cref="CountLimit"/>.</summary>
    public int CountMax { get; init; } = 50;

    /// <summary>Which messages are wanted; null for all.</summary>
    public MessageFilter? Filter { get; init; }

    /// <summary>Who holds what, when <see cref="Set"/> is <see cref="BrowseSet.Held"/>: only these messages are looked at.</summary>
    public IReadOnlyList<HeldMessages> Held { get; init; } = [];

    /// <summary>How long to look at most; may be exceeded by what one read of the disk takes.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of messages to look at most; may be exceeded by 64 messages.</summary>
    public long BytesMax { get; init; } = 1L << 30;
}
