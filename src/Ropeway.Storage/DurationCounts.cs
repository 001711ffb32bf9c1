using System.Numerics;

namespace Ropeway.Storage;

/// <summary>How many durations there were, by their length. Immutable.</summary>
/// <remarks>Buckets: microseconds 0 to 7 one by one, then eight for each power of two; the last takes what is longer.</remarks>
public sealed class DurationCounts
{
    /// <summary>Buckets; the last begins at about half an hour.</summary>
    internal const int BucketCount = 8 * 29;

    private const int StepsBits = 3; // Eight buckets for each power of two.

    private readonly long[] _counts;

    internal DurationCounts(long[] counts, TimeSpan total)
    {
        _counts = counts;
        Total = total;
        Count = counts.Sum();
    }

    /// <summary>No durations.</summary>
    public static DurationCounts None { get; } = new(new long[BucketCount], TimeSpan.Zero);

    /// <summary>Of durations that are known one by one.</summary>
    public static DurationCounts Of(IEnumerable<TimeSpan> durations)
    {
        long[] counts = new long[BucketCount];
        TimeSpan total = TimeSpan.Zero;
        foreach (TimeSpan duration in durations)
        {
            counts[BucketOf(duration)]++;
            total += duration;
        }

        return new DurationCounts(counts, total);
    }

    /// <summary>How many there were.</summary>
    public long Count { get; }

    /// <summary>All of them together.</summary>
    public TimeSpan Total { get; }

    /// <summary>Those that came after an earlier copy of the same counts.</summary>
    public DurationCounts Since(DurationCounts earlier) => new([.. _counts.Zip(earlier._counts, (now, then) => now - then)], Total - earlier.Total);

    /// <summary>How many lasted at most as long, to within an eighth.</summary>
    public long CountUpTo(TimeSpan duration)
    {
        long count = 0;
        for (int bucket = 0; bucket < BucketCount && EndOf(bucket) <= duration; bucket++)
        {
            count += _counts[bucket];
        }

        return count;
    }

    /// <summary>The duration that a part of all did not exceed, to within an eighth; null when there was none.</summary>
    /// <param name="part">Above 0, at most 1.</param>
    public TimeSpan? Percentile(double part)
    {
        long wanted = (long)Math.Ceiling(Count * part);
        for (int bucket = 0; bucket < BucketCount && wanted > 0; bucket++)
        {
            wanted -= _counts[bucket];
            if (wanted <= 0)
            {
                return EndOf(bucket);
            }
        }

        return null;
    }

    internal static int BucketOf(TimeSpan duration)
    {
        ulong us = (ulong)Math.Max(duration.Ticks / TimeSpan.TicksPerMicrosecond, 0);
        int shift = Math.Max(BitOperations.Log2(us | 1) - StepsBits, 0);
        return Math.Min((shift << StepsBits) + (int)(us >> shift), BucketCount - 1);
    }

    /// <summary>The end of a bucket's values.</summary>
    private static TimeSpan EndOf(int bucket)
    {
        int shift = Math.Max((bucket >> StepsBits) - 1, 0);
        long step = bucket - ((long)shift << StepsBits);
        return TimeSpan.FromMicroseconds((step + 1) << shift);
    }
}
