namespace Ropeway.Core.Queues;

/// <summary>
/// The receiving end of deliveries: one connection, whatever its protocol. Owned by its session.
/// Queues call it from any thread, under the rules of each member; it must never call back into a queue while its gate is held.
/// </summary>
public abstract class DeliveryTarget
{
    private long _touchedBy;

    /// <summary>The connection's gate. Lock order: a log's gate first, then this one.</summary>
    public abstract Lock Gate { get; }

    /// <summary>Offers one message. Called with the queue's gate and <see cref="Gate"/> held, in the order of delivery.</summary>
    /// <param name="consumer">Whose turn it is.</param>
    /// <param name="message">The message.</param>
    public abstract DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message);

    /// <summary>Sends what deliveries have put into the outbox. Called without any gate, once per batch.</summary>
    public abstract void FlushDeliveries();

    /// <summary>The queue of <paramref name="consumer"/> is gone. Called without any gate.</summary>
    public abstract void OnQueueGone(Consumer consumer);

    /// <summary>Marks the target as touched by a batch.</summary>
    /// <returns>False when this batch has touched it before. A lost race only costs a second, empty flush.</returns>
    internal bool TryTouch(long batchId)
    {
        if (Volatile.Read(ref _touchedBy) == batchId)
        {
            return false;
        }

        Volatile.Write(ref _touchedBy, batchId);
        return true;
    }
}
