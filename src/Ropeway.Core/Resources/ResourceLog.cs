using Microsoft.Extensions.Logging;

namespace Ropeway.Core.Resources;

/// <summary>What the watch over memory and disk logs, in RabbitMQ's words, which operators look for; ids 3200 to 3299.</summary>
internal static partial class ResourceLog
{
    [LoggerMessage(3200, LogLevel.Warning, "memory resource limit alarm set: vm_memory_high_watermark set. Memory used:{UsedBytes} allowed:{AllowedBytes}. Publishers will be blocked until this alarm clears")]
    public static partial void MemoryLow(ILogger logger, long usedBytes, long allowedBytes);

    [LoggerMessage(3201, LogLevel.Warning, "memory resource limit alarm cleared: vm_memory_high_watermark clear. Memory used:{UsedBytes} allowed:{AllowedBytes}")]
    public static partial void MemoryFine(ILogger logger, long usedBytes, long allowedBytes);

    [LoggerMessage(3202, LogLevel.Warning, "disk resource limit alarm set: Free disk space is insufficient. Free bytes: {FreeBytes}. Limit: {LimitBytes}. Publishers will be blocked until this alarm clears")]
    public static partial void DiskLow(ILogger logger, long freeBytes, long limitBytes);

    [LoggerMessage(3203, LogLevel.Warning, "disk resource limit alarm cleared: Free disk space is sufficient. Free bytes: {FreeBytes}. Limit: {LimitBytes}")]
    public static partial void DiskFine(ILogger logger, long freeBytes, long limitBytes);

    [LoggerMessage(3204, LogLevel.Warning, "Free disk space cannot be told: {Cause}. What was known last holds on.")]
    public static partial void DiskUnknown(ILogger logger, string cause);

    [LoggerMessage(3207, LogLevel.Warning, "disk resource limit alarm set: {Shortage} Publishers will be blocked until this alarm clears")]
    public static partial void DiskShort(ILogger logger, string shortage);

    [LoggerMessage(3205, LogLevel.Error, "Memory and disk space cannot be watched. What was known last holds on; this is said once.")]
    public static partial void CheckFailed(ILogger logger, Exception fault);

    [LoggerMessage(3206, LogLevel.Error, "Ready messages of virtual host '{Host}' cannot be added up: its limits of them stop no publisher until they are changed.")]
    public static partial void ReadyWatchFailed(ILogger logger, Exception fault, string host);
}
