using System.Net;
using Ropeway.Security.Tls;

namespace Ropeway.Transport;

/// <summary>What a session knows of its connection. All members may be used from any thread.</summary>
public interface IConnection
{
    /// <summary>Unique in this process, increasing from 1.</summary>
    long Id { get; }

    /// <summary>The peer's address; an IPv4 address that came in over an IPv6 socket is given as IPv4.</summary>
    IPEndPoint Remote { get; }

    /// <summary>Our address that the peer connected to, unmapped like <see cref="Remote"/>.</summary>
    IPEndPoint Local { get; }

    /// <summary>What was agreed on when the connection is encrypted, else null.</summary>
    TlsFacts? Tls { get; }

    /// <summary>What waits to be sent.</summary>
    Outbox Outbox { get; }

    /// <summary>
    /// When the peer last gave a sign of life, in monotonic milliseconds; at first the time of the accept. While reading is
    /// stopped (paused, or the outbox is backlogged), bytes that arrive unread count as well, so that a heartbeat deadline
    /// measured from here never blames a peer for our own pause.
    /// </summary>
    long LastReceivedMs { get; }

    /// <summary>
    /// Whether bytes have arrived that are still to be received: the peer lives, and it is us who are late. Asks the system. False while
    /// reading is stopped: then <see cref="LastReceivedMs"/> goes by what arrives.
    /// </summary>
    bool HasUnread { get; }

    /// <summary>Bytes received so far; those of TLS itself do not count.</summary>
    long ReceivedBytes { get; }

    /// <summary>Pieces that they came in.</summary>
    long ReceiveCount { get; }

    /// <summary>Bytes that the network has taken so far; those of TLS itself do not count.</summary>
    long SentBytes { get; }

    /// <summary>Pieces that they left in.</summary>
    long SendCount { get; }

    /// <summary>
    /// Ends a pause: <see cref="ISession.Consume"/> is called again soon, with what was left over. Also right when it comes
    /// before the pausing call has returned; without a pause it has no effect.
    /// </summary>
    void Resume();

    /// <summary>
    /// Sends what the outbox holds (within <see cref="TransportLimits.CloseFlushMs"/>), then closes. The session gets no more
    /// bytes, and what is written to the outbox afterwards is thrown away. Not under the gate. Further calls have no effect.
    /// </summary>
    void Close();

    /// <summary>Closes at once; what was not sent is lost.</summary>
    /// <param name="reason">For the log.</param>
    void Abort(string reason);
}
