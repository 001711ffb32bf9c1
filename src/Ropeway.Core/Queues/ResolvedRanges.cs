using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>What became of delivered messages of one queue. Stack only; valid during the call that brings it.</summary>
public readonly ref struct ResolvedRanges
{
    /// <summary>They are done with.</summary>
    public ReadOnlySpan<OffsetRange> Settled { get; init; }

    /// <summary>How many of <see cref="Settled"/> were refused by their consumers, not acknowledged.</summary>
    public long RefusedCount { get; init; }

    /// <summary>Nobody wants them: they are dead-lettered or settled.</summary>
    public ReadOnlySpan<OffsetRange> Rejected { get; init; }

    /// <summary>They were given back, and become ready again at their old places, at once or later.</summary>
    public ReadOnlySpan<OffsetRange> Returned { get; init; }

    /// <summary>They come back because of a failure.</summary>
    public ReadOnlySpan<OffsetRange> Failed { get; init; }
}
