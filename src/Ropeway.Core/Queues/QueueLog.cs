using Microsoft.Extensions.Logging;

namespace Ropeway.Core.Queues;

/// <summary>What queues log; event ids 3300 to 3399.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(3300, LogLevel.Error, "Queue '{Queue}' in virtual host '{Host}' has failed and is out of service until the next start; all others go on.")]
    public static partial void QueueFailed(ILogger logger, Exception fault, string queue, string host);

    [LoggerMessage(3301, LogLevel.Error, "Delayed messages of virtual host '{Host}' have failed: until the next start none is passed on and no new one is taken; all else goes on.")]
    public static partial void DelaysFailed(ILogger logger, Exception fault, string host);
}
