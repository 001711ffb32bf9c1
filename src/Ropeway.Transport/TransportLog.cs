using System.Net;
using Microsoft.Extensions.Logging;

namespace Ropeway.Transport;

/// <summary>Log lines of the transport, event ids 3000 to 3999.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(3000, LogLevel.Information, "Listening for {Protocol} on {EndPoint}.")]
    public static partial void Listening(ILogger logger, string protocol, IPEndPoint endPoint);

    [LoggerMessage(3001, LogLevel.Warning, "Cannot accept connections on {EndPoint}; trying again, at least once a second.")]
    public static partial void AcceptFailed(ILogger logger, Exception exception, IPEndPoint endPoint);

    [LoggerMessage(3002, LogLevel.Information, "Accepting connections on {EndPoint} again after {Failures} failures.")]
    public static partial void AcceptingAgain(ILogger logger, IPEndPoint endPoint, int failures);

    [LoggerMessage(3003, LogLevel.Warning, "Refused a connection: {ConnectionsMax} are open, which is the limit (connections-max); {Refused} refused since the start.")]
    public static partial void ConnectionRefused(ILogger logger, int connectionsMax, long refused);

    [LoggerMessage(3010, LogLevel.Debug, "Connection {ConnectionId}: accepted from {Remote} on {Local} for {Protocol}.")]
    public static partial void ConnectionAccepted(ILogger logger, long connectionId, IPEndPoint remote, IPEndPoint local, string protocol);

    [LoggerMessage(3011, LogLevel.Debug, "Connection {ConnectionId}: from {Remote} ended, {ReceivedBytes} bytes received, {SentBytes} sent.")]
    public static partial void ConnectionClosed(ILogger logger, long connectionId, IPEndPoint remote, long receivedBytes, long sentBytes);

    [LoggerMessage(3012, LogLevel.Information, "Connection {ConnectionId}: from {Remote} aborted: {Reason}.")]
    public static partial void ConnectionAborted(ILogger logger, long connectionId, IPEndPoint remote, string reason);

    [LoggerMessage(3014, LogLevel.Debug, "Connection {ConnectionId}: {Remote} did not take our last bytes, or did not close its side, in time; {PendingBytes} bytes were dropped.")]
    public static partial void CloseTimedOut(ILogger logger, long connectionId, IPEndPoint remote, long pendingBytes);

    [LoggerMessage(3013, LogLevel.Error, "Connection {ConnectionId}: the session of {Remote} failed; the connection is closed.")]
    public static partial void SessionFailed(ILogger logger, Exception exception, long connectionId, IPEndPoint remote);

    [LoggerMessage(3015, LogLevel.Warning, "Connection {ConnectionId}: the TLS handshake with {Remote} on {Local} failed: {Reason}.")]
    public static partial void TlsHandshakeFailed(ILogger logger, long connectionId, IPEndPoint remote, IPEndPoint local, string reason);

    [LoggerMessage(3016, LogLevel.Debug, "Connection {ConnectionId}: {Version}, {CipherSuite}, server name '{ServerName}'.")]
    public static partial void Secured(ILogger logger, long connectionId, string version, string cipherSuite, string serverName);
}
