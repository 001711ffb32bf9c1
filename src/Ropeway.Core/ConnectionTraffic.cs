namespace Ropeway.Core;

/// <summary>What has gone over a connection since it was accepted.</summary>
/// <param name="ReceivedBytes">Bytes received; those of TLS itself do not count.</param>
/// <param name="ReceiveCount">Pieces that they came in.</param>
/// <param name="SentBytes">Bytes that the network has taken; those of TLS itself do not count.</param>
/// <param name="SendCount">Pieces that they left in.</param>
/// <param name="WaitingBytes">Bytes that wait to be sent.</param>
public readonly record struct ConnectionTraffic(long ReceivedBytes, long ReceiveCount, long SentBytes, long SendCount, long WaitingBytes);
