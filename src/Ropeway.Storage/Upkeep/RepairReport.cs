namespace Ropeway.Storage;

/// <summary>What a repair has found and left. Immutable.</summary>
/// <param name="Before">The directory before the repair.</param>
/// <param name="After">The directory afterwards; the same when nothing was to be done.</param>
/// <param name="Saved">Files in the quarantine directory with what was taken out, relative to the data directory.</param>
public sealed record RepairReport(StoreReport Before, StoreReport After, IReadOnlyList<string> Saved);
