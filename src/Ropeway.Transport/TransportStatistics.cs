namespace Ropeway.Transport;

/// <summary>Counters of a <see cref="TransportHost"/> since its start.</summary>
/// <param name="ConnectionsOpen">Open now.</param>
/// <param name="ConnectionsAccepted">Accepted and given a session.</param>
/// <param name="ConnectionsRefused">Closed right after the accept because of the limit.</param>
/// <param name="ConnectionsClosed">Accepted and ended.</param>
/// <param name="ReceivedBytes">Bytes read from peers, ended connections included.</param>
/// <param name="SentBytes">Bytes that the network took, ended connections included.</param>
public readonly record struct TransportStatistics(
    long ConnectionsOpen,
    long ConnectionsAccepted,
    long ConnectionsRefused,
    long ConnectionsClosed,
    long ReceivedBytes,
    long SentBytes);
