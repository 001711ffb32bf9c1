namespace Ropeway.Core.Queues;

/// <summary>Takes one message from <see cref="Queue.TryGet"/>.</summary>
public interface IMessageReceiver
{
    /// <summary>Who takes it, for people. Only asked for when the message is traced, with the queue's gate held.</summary>
    string Holder => "a client that fetches messages one by one";

    /// <summary>Called with the queue's gate held; may take the connection's gate.</summary>
    /// <param name="message">The message.</param>
    /// <param name="readyCount">How many messages are still ready after this one.</param>
    void Receive(in QueuedMessage message, long readyCount);

    /// <summary>It is worth asking again after <see cref="GetOutcome.Later"/>. Any thread, no gate held.</summary>
    void AskAgain();
}
