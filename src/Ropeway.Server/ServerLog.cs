using Microsoft.Extensions.Logging;

namespace Ropeway.Server;

/// <summary>Log lines of the server, event ids 9000 to 9999.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(9000, LogLevel.Information, "Ropeway {Version} starts on {Runtime}, data in {DataDirectory}.")]
    public static partial void Starting(ILogger logger, string version, string runtime, string dataDirectory);

    [LoggerMessage(9001, LogLevel.Information, "Recovering: {DoneMebibytes:F0} of {TotalMebibytes:F0} MiB ({Percent} %).")]
    public static partial void Recovering(ILogger logger, double doneMebibytes, double totalMebibytes, long percent);

    [LoggerMessage(9002, LogLevel.Information, "Ready after {Milliseconds} ms.")]
    public static partial void Ready(ILogger logger, long milliseconds);

    [LoggerMessage(9003, LogLevel.Information, "{Signal}: stopping.")]
    public static partial void Stopping(ILogger logger, string signal);

    [LoggerMessage(9004, LogLevel.Information, "Stopped cleanly.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(9005, LogLevel.Critical, "The store failed; the process ends at once. What was confirmed is on disk.")]
    public static partial void StoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(9006, LogLevel.Debug, "Not listening on {EndPoint}: this machine does not have the address.")]
    public static partial void ListenSkipped(ILogger logger, System.Net.IPEndPoint endPoint);

    [LoggerMessage(9007, LogLevel.Information, "TLS certificates were read again.")]
    public static partial void CertificatesReplaced(ILogger logger);

    [LoggerMessage(9009, LogLevel.Information, "At most {ConnectionsMax} connections, not {Wanted} (connections-max): the process may open {Limit} files.")]
    public static partial void FewDescriptors(ILogger logger, int connectionsMax, int wanted, long limit);

    [LoggerMessage(9008, LogLevel.Error, "TLS certificates have changed but the old ones stay in use: {Problem}.")]
    public static partial void CertificatesNotReplaced(ILogger logger, string problem);
}
