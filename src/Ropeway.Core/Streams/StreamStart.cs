namespace Ropeway.Core.Streams;

/// <summary>Where a reader of a stream begins. The default is behind everything that is there.</summary>
/// <param name="Kind">What it is given as.</param>
/// <param name="Value">The offset, or the time in milliseconds since the Unix epoch; else 0.</param>
public readonly record struct StreamStart(StreamStartKind Kind, long Value = 0)
{
    /// <summary>Behind everything that is there.</summary>
    public static StreamStart Next => default;

    /// <summary>At the oldest message that is there.</summary>
    public static StreamStart First => new(StreamStartKind.First);

    /// <summary>At the newest message.</summary>
    public static StreamStart Last => new(StreamStartKind.Last);

    /// <summary>At an offset: the oldest message when that is above it; else nothing comes before the stream has grown that far.</summary>
    public static StreamStart At(long offset) => new(StreamStartKind.Offset, Math.Max(offset, 0));

    /// <summary>At the first message that the broker took at a time, or later.</summary>
    /// <param name="timeMs">Milliseconds since the Unix epoch.</param>
    public static StreamStart AtTime(long timeMs) => new(StreamStartKind.Time, timeMs);
}
