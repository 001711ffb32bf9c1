using Ropeway.Storage;

namespace Ropeway.Core.Resources;

/// <summary>How many durations there were, by their length, to within an eighth. Immutable.</summary>
public sealed class DurationSpread
{
    private readonly DurationCounts _counts;

    internal DurationSpread(DurationCounts counts)
    {
        _counts = counts;
    }

    /// <summary>No durations.</summary>
    public static DurationSpread None { get; } = new(DurationCounts.None);

    /// <summary>Of durations that are known one by one.</summary>
    public static DurationSpread Of(IEnumerable<TimeSpan> durations) => new(DurationCounts.Of(durations));

    /// <summary>How many there were.</summary>
    public long Count => _counts.Count;

    /// <summary>All of them together.</summary>
    public TimeSpan Total => _counts.Total;

    /// <summary>Those that came after an earlier measurement of the same.</summary>
    public DurationSpread Since(DurationSpread earlier) => new(_counts.Since(earlier._counts));

    /// <summary>How many lasted at most as long.</summary>
    public long CountUpTo(TimeSpan duration) => _counts.CountUpTo(duration);

    /// <summary>The duration that a part of all did not exceed; null when there was none.</summary>
    /// <param name="part">Above 0, at most 1.</param>
    public TimeSpan? Percentile(double part) => _counts.Percentile(part);
}
