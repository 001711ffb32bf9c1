using Ropeway.Core.Queues;

namespace Ropeway.Management.Metrics;

/// <summary>A queue's counts, each taken once: they cost a lock, and queues are many.</summary>
internal readonly record struct QueueFigures(long Ready, long Unacked, long Delayed, long Kept, long Consumers, long Enqueued)
{
    /// <summary>Counts.</summary>
    public static QueueFigures Of(Queue queue) =>
        new(queue.MessageCount, queue.UnackedCount, queue.DelayedCount, queue.KeptCount, queue.ConsumerCount, queue.EnqueuedCount);
}
