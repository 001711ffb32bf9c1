namespace Ropeway.Core.Jobs;

/// <summary>How far a job is; immutable.</summary>
/// <param name="State">What it does.</param>
/// <param name="DoneCount">Messages that it has moved, copied, deleted, or in a dry run would have.</param>
/// <param name="FailedCount">Messages that it had to leave.</param>
/// <param name="ScannedCount">Messages that it has looked at.</param>
public sealed record JobStatus(JobState State, long DoneCount, long FailedCount, long ScannedCount)
{
    /// <summary>Messages by the queues that got them.</summary>
    public required IReadOnlyDictionary<string, long> Targets { get; init; }

    /// <summary>Messages that were left, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Left { get; init; }

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
