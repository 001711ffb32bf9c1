namespace Ropeway.Core.Queues;

/// <summary>Which of the kept messages of a queue are to be ready again. Immutable.</summary>
public readonly record struct RewindStart
{
    private RewindStart(long offset, long sinceMs)
    {
        Offset = offset;
        SinceMs = sinceMs;
    }

    /// <summary>Messages with a lower number stay where they are.</summary>
    internal long Offset { get; }

    /// <summary>Messages that were acknowledged earlier stay where they are. Milliseconds since the Unix epoch.</summary>
    internal long SinceMs { get; }

    /// <summary>Those that were acknowledged at this time or later, and perhaps a few that were shortly before.</summary>
    /// <param name="timeMs">Milliseconds since the Unix epoch.</param>
    public static RewindStart Since(long timeMs) => new(0, timeMs);

    /// <summary>Those with this number in the queue or a higher one.</summary>
    /// <param name="offset">From 0.</param>
    public static RewindStart FromSequence(long offset) => new(offset, long.MinValue);
}
