namespace Ropeway.Core.Queues;

/// <summary>Takes one message from <see cref="Queue.TryGet"/>.</summary>
public interface IMessageReceiver
{
    /// <summary>Called with the queue's gate held; may take the connection's gate.</summary>
    /// <param name="message">The message.</param>
    /// <param name="readyCount">How many messages are still ready after this one.</param>
    void Receive(in QueuedMessage message, long readyCount);

    /// <summary>It is worth asking again after <see cref="GetOutcome.Later"/>. Any thread, no gate held.</summary>
    void AskAgain();
}
