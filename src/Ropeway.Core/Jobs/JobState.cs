namespace Ropeway.Core.Jobs;

/// <summary>What a job does at the moment.</summary>
public enum JobState
{
    /// <summary>It works.</summary>
    Running,

    /// <summary>It waits until somebody has it go on.</summary>
    Paused,

    /// <summary>It has looked at everything.</summary>
    Done,

    /// <summary>Somebody ended it, or the broker stopped; what it has done stays done.</summary>
    Cancelled,

    /// <summary>It could not go on; what it has done stays done.</summary>
    Failed,
}
