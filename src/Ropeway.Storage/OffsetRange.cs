namespace Ropeway.Storage;

/// <summary>A half-open range of offsets of one log.</summary>
/// <param name="Start">First offset in the range (inclusive).</param>
/// <param name="End">First offset behind the range (exclusive).</param>
public readonly record struct OffsetRange(long Start, long End)
{
    /// <summary>How many offsets the range holds; 0 for an empty or inverted range.</summary>
    public long Count => Math.Max(0, End - Start);
}
