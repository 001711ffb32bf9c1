namespace Ropeway.Core.Jobs;

/// <summary>What a job does with messages.</summary>
public enum JobKind
{
    /// <summary>They go to another queue or exchange.</summary>
    Move,

    /// <summary>Copies of them go to another queue or exchange.</summary>
    Copy,

    /// <summary>They are settled.</summary>
    Delete,

    /// <summary>Dead letters go back to the queues that they came from first.</summary>
    Redrive,

    /// <summary>All that wait are put aside, and settled when the time for undoing is over.</summary>
    Purge,

    /// <summary>The queue is deleted; it and its messages are gone for good when the time for undoing is over.</summary>
    DeleteQueue,
}
