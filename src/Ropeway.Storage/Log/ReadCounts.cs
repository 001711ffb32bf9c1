namespace Ropeway.Storage;

/// <summary>How many records were read from memory, and how many after a cold read. In parts, so that many threads can add without meeting. Any thread.</summary>
internal sealed class ReadCounts
{
    private const int PartCount = 8; // A power of two.
    private const int Stride = 16; // In longs, two cache lines: processors fetch them in pairs.

    private readonly long[] _counts = new long[(PartCount + 1) * Stride];

    /// <summary>Records that were found in memory.</summary>
    public long HotCount => Sum(0);

    /// <summary>Records that a load had brought.</summary>
    public long ColdCount => Sum(1);

    /// <summary>Adds what one reader has read.</summary>
    /// <param name="logId">Its log: spreads the readers over the parts.</param>
    /// <param name="hot">From memory.</param>
    /// <param name="cold">Brought by a load.</param>
    public void Add(ulong logId, int hot, int cold)
    {
        int part = (1 + (int)(logId & (PartCount - 1))) * Stride;
        Interlocked.Add(ref _counts[part], hot);
        if (cold > 0)
        {
            Interlocked.Add(ref _counts[part + 1], cold);
        }
    }

    private long Sum(int which)
    {
        long sum = 0;
        for (int part = 1; part <= PartCount; part++)
        {
            sum += Interlocked.Read(ref _counts[(part * Stride) + which]);
        }

        return sum;
    }
}
