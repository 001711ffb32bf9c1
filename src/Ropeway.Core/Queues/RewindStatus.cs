namespace Ropeway.Core.Queues;

/// <summary>How a rewind ended.</summary>
public enum RewindStatus
{
    /// <summary>The messages are ready again.</summary>
    Done,

    /// <summary>The queue keeps no acknowledged messages.</summary>
    NotKept,

    /// <summary>The queue would drop messages, because they would be more than its length allows, or may be larger than it allows. Nothing was changed.</summary>
    TooLong,

    /// <summary>The queue rests; see <see cref="Queue.OutOfService"/>.</summary>
    OutOfService,

    /// <summary>The queue is deleted.</summary>
    QueueGone,
}
