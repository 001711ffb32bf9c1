using Microsoft.Extensions.Logging;

namespace Ropeway.Storage;

/// <summary>What the store's upper half reports. Ids 2100 to 2199.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(2100, LogLevel.Error, "Log {LogId} is quarantined: {Reason}")]
    public static partial void LogQuarantined(ILogger logger, ulong logId, string reason);

    [LoggerMessage(2101, LogLevel.Error, "Reading records of log {LogId} failed")]
    public static partial void ReadFailed(ILogger logger, ulong logId, Exception fault);

    [LoggerMessage(2102, LogLevel.Warning, "Checkpoint {Path} is damaged, going on from an older one: {Reason}")]
    public static partial void CheckpointDamaged(ILogger logger, string path, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "The footer of {Path} is damaged; its {Count} batches were found by reading them all")]
    public static partial void FooterRebuilt(ILogger logger, string path, int count);

    [LoggerMessage(2104, LogLevel.Warning, "File {Path} is not known to this store; it was moved to {Target}")]
    public static partial void FileQuarantined(ILogger logger, string path, string target);

    [LoggerMessage(2105, LogLevel.Warning, "Moving records out of the journal failed, it is tried again: {Reason}")]
    public static partial void MoveFailed(ILogger logger, string reason);

    [LoggerMessage(2106, LogLevel.Information, "Store {Directory} is open: {LogCount} logs, {RecordCount} records, {JournalBytes} bytes of journal read, {CutBytes} bytes of a torn tail cut")]
    public static partial void Opened(ILogger logger, string directory, int logCount, long recordCount, long journalBytes, long cutBytes);

    [LoggerMessage(2107, LogLevel.Error, "A background thread of the store failed")]
    public static partial void ThreadFailed(ILogger logger, Exception fault);

    [LoggerMessage(2108, LogLevel.Warning, "Journal damage from {Start} to {End}: {VictimCount} batches lost")]
    public static partial void JournalDamaged(ILogger logger, long start, long end, int victimCount);

    [LoggerMessage(2109, LogLevel.Debug, "Checkpoint {Generation}: {LogCount} logs, journal from {StartPosition}, {Bytes} bytes")]
    public static partial void CheckpointWritten(ILogger logger, ulong generation, int logCount, long startPosition, long bytes);

    [LoggerMessage(2110, LogLevel.Warning, "The store was closed without a checkpoint; the next start reads the journal: {Reason}")]
    public static partial void ClosedWithoutCheckpoint(ILogger logger, string reason);

    [LoggerMessage(2111, LogLevel.Information, "{Count} atomic units had not ended; nothing of them counts")]
    public static partial void UnitsDropped(ILogger logger, int count);

    [LoggerMessage(2112, LogLevel.Error, "Scrubbing found damage: {Text}; at {Position}, {Bytes} bytes, {LostCount} records lost")]
    public static partial void ScrubFoundDamage(ILogger logger, string text, long position, long bytes, long lostCount);

    [LoggerMessage(2113, LogLevel.Information, "Scrubbing pass {PassCount} is complete: {ReadBytes} bytes read since the start, {DamageCount} places damaged")]
    public static partial void ScrubPassed(ILogger logger, long passCount, long readBytes, int damageCount);

    [LoggerMessage(2114, LogLevel.Warning, "A scrubbing pass ended early; the next one begins anew")]
    public static partial void ScrubFailed(ILogger logger, Exception fault);
}
