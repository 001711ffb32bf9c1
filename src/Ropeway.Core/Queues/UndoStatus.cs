namespace Ropeway.Core.Queues;

/// <summary>What became of the wish to take a purge, or the deletion of a queue, back.</summary>
public enum UndoStatus
{
    /// <summary>The messages are ready again, the queue is back.</summary>
    Done,

    /// <summary>The time for it is over, or the queue is gone.</summary>
    TooLate,

    /// <summary>The queue would drop messages, because all would be more than it may have.</summary>
    TooLong,

    /// <summary>Another queue has the name by now.</summary>
    NameTaken,

    /// <summary>A transaction that began before the deletion still works on the messages.</summary>
    InUse,
}
