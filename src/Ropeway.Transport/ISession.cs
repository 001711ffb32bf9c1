namespace Ropeway.Transport;

/// <summary>
/// The protocol's state of one connection. <see cref="Consume"/> and <see cref="OnClosed"/> are called by the connection's
/// owner, never at the same time; what they share with <see cref="OnTick"/>, <see cref="BeginStop"/> and with deliveries from
/// other threads is guarded by <see cref="Outbox.Gate"/>, which the session takes itself.
/// </summary>
public interface ISession
{
    /// <summary>Takes what has been received. Bytes left over come again, with more behind them.</summary>
    /// <param name="received">
    /// Valid until return. Empty only after a resume, when nothing was left over and nothing new came. At most
    /// <see cref="TransportLimits.ReceiveBytesMax"/>; a session that consumes nothing of that many bytes is closed.
    /// </param>
    /// <returns>
    /// How many bytes were used, and what follows. The connection flushes the outbox afterwards, so that an answer needs no
    /// flush of its own.
    /// </returns>
    /// <exception cref="Exception">Anything thrown here is logged and aborts this connection only.</exception>
    ConsumeResult Consume(ReadOnlySpan<byte> received);

    /// <summary>
    /// Called about every <see cref="TransportLimits.TickMs"/> on the tick thread, possibly beside <see cref="Consume"/> and
    /// without the gate: for heartbeats and deadlines. The outbox is flushed afterwards. None begins after
    /// <see cref="OnClosed"/>, but one that has begun may still run beside it.
    /// </summary>
    /// <param name="nowMs">Monotonic milliseconds, on the scale of <see cref="IConnection.LastReceivedMs"/>.</param>
    void OnTick(long nowMs);

    /// <summary>The connection is over: called exactly once, after the last <see cref="Consume"/>.</summary>
    /// <param name="reason">Who ended it.</param>
    void OnClosed(ConnectionCloseReason reason);

    /// <summary>The broker stops: say goodbye in the protocol's way and then <see cref="IConnection.Close"/>. Called at most once, on any thread.</summary>
    /// <remarks>May run beside any other member. The outbox is flushed afterwards.</remarks>
    /// <param name="reason">For the peer to read.</param>
    void BeginStop(string reason);
}
