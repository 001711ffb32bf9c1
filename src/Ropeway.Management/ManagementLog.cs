using Microsoft.Extensions.Logging;

namespace Ropeway.Management;

/// <summary>Log lines of management, event ids 8000 to 8999.</summary>
internal static partial class ManagementLog
{
    [LoggerMessage(8000, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(8001, LogLevel.Warning, "HTTP login of user '{User}' from {Remote} refused: {Reason}.")]
    public static partial void LoginRefused(ILogger logger, string user, System.Net.IPAddress remote, string reason);

    [LoggerMessage(8002, LogLevel.Information, "User '{User}' from {Remote}: {Act} {Object}: {Result}.")]
    public static partial void Acted(ILogger logger, string user, System.Net.IPAddress remote, string act, string @object, string result);

    [LoggerMessage(8003, LogLevel.Information, "Imported definitions: {Summary}.")]
    public static partial void Imported(ILogger logger, string summary);

    [LoggerMessage(8004, LogLevel.Warning, "The import of definitions leaves out {Count} entries of '{Section}': {Reason}.")]
    public static partial void NotImported(ILogger logger, int count, string section, string reason);

    [LoggerMessage(8005, LogLevel.Information, "User '{User}' takes a backup.")]
    public static partial void BackupBegun(ILogger logger, string user);

    [LoggerMessage(8006, LogLevel.Information, "The backup for user '{User}' is sent.")]
    public static partial void BackupSent(ILogger logger, string user);

    [LoggerMessage(8007, LogLevel.Error, "The answer to {Method} {Path} was cut short.")]
    public static partial void AnswerCut(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(8008, LogLevel.Error, "What pages are shown could not be renewed; this is tried again each second and not logged again.")]
    public static partial void LookFailed(ILogger logger, Exception exception);

    [LoggerMessage(8009, LogLevel.Error, "Rates and samples could not be renewed; this is tried again every few seconds and not logged again.")]
    public static partial void SampleFailed(ILogger logger, Exception exception);

    [LoggerMessage(8010, LogLevel.Warning, "{Remote} has {Count} HTTP connections, half of the most there may be: further ones from there are closed.")]
    public static partial void ShareTaken(ILogger logger, System.Net.IPAddress remote, int count);
}
