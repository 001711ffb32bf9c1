namespace Ropeway.Storage.Journaling;

/// <summary>Counts durations in buckets that are an eighth of their values wide. One thread adds; any thread may copy.</summary>
internal sealed class DurationHistogram
{
    private readonly long[] _counts = new long[DurationCounts.BucketCount];
    private long _totalTicks;

    /// <summary>Counts a duration.</summary>
    public void Add(TimeSpan duration)
    {
        _counts[DurationCounts.BucketOf(duration)]++;
        _totalTicks += duration.Ticks;
    }

    /// <summary>The counts at about this moment.</summary>
    public DurationCounts Copy()
    {
        long[] counts = new long[_counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = Volatile.Read(ref _counts[i]);
        }

        return new DurationCounts(counts, TimeSpan.FromTicks(Volatile.Read(ref _totalTicks)));
    }
}
