namespace Ropeway.Transport;

/// <summary>Where an outbox's bytes go. One call chain at a time: from <see cref="Send"/> until the outbox says that nothing is left.</summary>
internal interface IOutboxTarget
{
    /// <summary>Takes and sends pieces until none is left. Called without the gate, by the thread that won the right to send.</summary>
    void Send();

    /// <summary>The outbox is no longer backlogged. Called without the gate.</summary>
    void OnDrained();
}
