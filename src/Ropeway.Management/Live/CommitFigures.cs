namespace Ropeway.Management.Live;

/// <summary>Durations in milliseconds, of half and of 99 in 100; null where there were none.</summary>
/// <param name="CommitP50">From the append to durable: what a confirm waits for.</param>
/// <param name="CommitP99">The same, of 99 in 100.</param>
/// <param name="SyncP50">Of the disk's part of it.</param>
/// <param name="SyncP99">The same, of 99 in 100.</param>
internal readonly record struct CommitFigures(double? CommitP50, double? CommitP99, double? SyncP50, double? SyncP99);
