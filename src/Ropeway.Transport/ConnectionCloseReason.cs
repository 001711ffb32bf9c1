namespace Ropeway.Transport;

/// <summary>Why a connection ended; the first cause wins.</summary>
public enum ConnectionCloseReason
{
    /// <summary>The session asked for it: <see cref="IConnection.Close"/> or <see cref="ConsumeStatus.Close"/>.</summary>
    Closed,

    /// <summary>The peer closed its side in order.</summary>
    PeerClosed,

    /// <summary>The network or the peer broke the connection.</summary>
    Reset,

    /// <summary><see cref="IConnection.Abort"/>, or a deadline of the transport passed.</summary>
    Aborted,

    /// <summary>The session threw an exception.</summary>
    Failed,

    /// <summary>The broker stops.</summary>
    Stopping,
}
