namespace Ropeway.Core.Queues;

/// <summary>
/// What a queue keeps in the store's mark of a message that came back. After a restart the message waits for the rest of its time.
/// <code>
/// bit 63                             16 15              0
/// | due, ms since 1970, 0 at once: u48 | came back: u16  |
/// </code>
/// </summary>
/// <param name="DueMs">When it is ready again, in milliseconds since the Unix epoch; 0 when it was at once.</param>
/// <param name="Count">How often it came back, 1 to <see cref="CountMax"/>.</param>
internal readonly record struct ReturnMark(long DueMs, long Count)
{
    /// <summary>Counts end here: a message that came back more often has this one.</summary>
    public const long CountMax = ushort.MaxValue;

    private const int CountBits = 16;
    private const long DueMax = (1L << 48) - 1;

    /// <summary>Reads a mark; 0 is a message that never came back.</summary>
    public static ReturnMark From(ulong value) => new((long)(value >> CountBits), (long)(value & (ulong)CountMax));

    /// <summary>The mark.</summary>
    public ulong ToValue() => ((ulong)Math.Min(DueMs, DueMax) << CountBits) | (ulong)Math.Min(Count, CountMax);
}
