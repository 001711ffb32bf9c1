using Ropeway.Core.Statistics;

namespace Ropeway.Management.Samples;

/// <summary>The columns of a row of samples: first how many events there were of each kind, then what was there at the end, then, of the node only, how long commits took.</summary>
internal static class SampleRow
{
    /// <summary>Ready messages.</summary>
    public const int Waiting = EventCounts.Length;

    /// <summary>Messages that consumers hold.</summary>
    public const int Held = Waiting + 1;

    /// <summary>Columns of a queue.</summary>
    public const int QueueWidth = Held + 1;

    /// <summary>Half of the commits took at most so long, in microseconds.</summary>
    public const int CommitP50 = QueueWidth;

    /// <summary>99 % of the commits took at most so long, in microseconds.</summary>
    public const int CommitP99 = CommitP50 + 1;

    /// <summary>99 % of the syncs took at most so long, in microseconds.</summary>
    public const int SyncP99 = CommitP99 + 1;

    /// <summary>Columns of the node.</summary>
    public const int NodeWidth = SyncP99 + 1;

    /// <summary>What stands for nothing to measure.</summary>
    public const uint Gap = uint.MaxValue;

    /// <summary>A number as it is kept: more than fits counts as the most that does.</summary>
    public static uint Clamp(long value) => (uint)Math.Clamp(value, 0, Gap - 1);

    /// <summary>A duration as it is kept.</summary>
    public static uint Microseconds(TimeSpan? duration) => duration is { } known ? Clamp((long)known.TotalMicroseconds) : Gap;

    /// <summary>Adds a row to a longer one: events add up, of what is there the last counts, of durations the longest.</summary>
    public static void Merge(Span<uint> longer, ReadOnlySpan<uint> next)
    {
        for (int i = 0; i < longer.Length; i++)
        {
            longer[i] = i < Waiting ? Clamp((long)longer[i] + next[i])
                : i < QueueWidth ? next[i]
                : next[i] == Gap ? longer[i]
                : longer[i] == Gap ? next[i]
                : Math.Max(longer[i], next[i]);
        }
    }

    /// <summary>Makes a row to which nothing was added.</summary>
    public static void Clear(Span<uint> row)
    {
        row.Clear();
        row[Math.Min(QueueWidth, row.Length)..].Fill(Gap);
    }
}
