namespace Ropeway.Core.Queues;

/// <summary>What became of the wish to take a purge back.</summary>
public enum UndoStatus
{
    /// <summary>The messages are ready again.</summary>
    Done,

    /// <summary>The time for it is over, or the queue is gone.</summary>
    TooLate,

    /// <summary>The queue would drop messages, because all would be more than it may have.</summary>
    TooLong,
}
