using System.Diagnostics;

namespace Ropeway.Core.Tracing;

/// <summary>A span that is over and has to be told.</summary>
/// <param name="Parent">The message's publishing, or what its publisher named.</param>
/// <param name="Operation">As in <c>messaging.operation.name</c>.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
internal readonly record struct FinishedSpan(ActivityContext Parent, string Operation, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The message and its queue.</summary>
    public required QueueStay Stay { get; init; }

    /// <summary>Who had the message; null for nobody.</summary>
    public string? Holder { get; init; }

    /// <summary>How it ended.</summary>
    public required string Outcome { get; init; }
}
