namespace Ropeway.Core.Delays;

/// <summary>One message that waits for its time: all that is kept of it in memory. Ordered by time, then as published.</summary>
/// <param name="DueMs">When it goes on, in milliseconds since the Unix epoch.</param>
/// <param name="Id">Its number in the log that it lies in; never used again there.</param>
public readonly record struct DelayEntry(long DueMs, long Id) : IComparable<DelayEntry>
{
    /// <summary>Comes before every message.</summary>
    public static DelayEntry First { get; } = new(long.MinValue, -1);

    /// <inheritdoc/>
    public int CompareTo(DelayEntry other) => DueMs == other.DueMs ? Id.CompareTo(other.Id) : DueMs.CompareTo(other.DueMs);

    /// <summary>Whether one is due before the other.</summary>
    public static bool operator <(DelayEntry left, DelayEntry right) => left.CompareTo(right) < 0;

    /// <summary>Whether one is due after the other.</summary>
    public static bool operator >(DelayEntry left, DelayEntry right) => left.CompareTo(right) > 0;

    /// <summary>Whether one is not due after the other.</summary>
    public static bool operator <=(DelayEntry left, DelayEntry right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one is not due before the other.</summary>
    public static bool operator >=(DelayEntry left, DelayEntry right) => left.CompareTo(right) >= 0;
}
