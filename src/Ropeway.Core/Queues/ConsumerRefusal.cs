namespace Ropeway.Core.Queues;

/// <summary>Why a queue does not take a consumer.</summary>
public enum ConsumerRefusal
{
    /// <summary>It does.</summary>
    None,

    /// <summary>The consumer wants to be alone and is not, or another one is exclusive.</summary>
    Exclusive,

    /// <summary>The queue, or the consumer, was removed meanwhile.</summary>
    QueueGone,

    /// <summary>The queue rests; see <see cref="Queue.OutOfService"/>.</summary>
    OutOfService,
}
