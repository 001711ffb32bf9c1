namespace Ropeway.Core.Queues.Browsing;

/// <summary>Where looking begins; immutable.</summary>
public readonly record struct BrowseStart
{
    private BrowseStart(long? sequence, long? timeMs)
    {
        Sequence = sequence;
        TimeMs = timeMs;
    }

    /// <summary>At the first message.</summary>
    public static BrowseStart Oldest { get; } = new(0, timeMs: null);

    /// <summary>At the last message.</summary>
    public static BrowseStart Newest { get; } = new(long.MaxValue, timeMs: null);

    /// <summary>The number to begin at; null when it is to be found by <see cref="TimeMs"/>.</summary>
    public long? Sequence { get; }

    /// <summary>When the first message came at the earliest, in milliseconds since the Unix epoch.</summary>
    public long? TimeMs { get; }

    /// <summary>At a number, or behind it when there is no such message.</summary>
    public static BrowseStart At(long sequence) => new(sequence, timeMs: null);

    /// <summary>At the first message that came at a time or later.</summary>
    public static BrowseStart Since(long timeMs) => new(sequence: null, timeMs);
}
