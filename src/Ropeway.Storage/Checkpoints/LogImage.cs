namespace Ropeway.Storage;

/// <summary>One log as a checkpoint holds it.</summary>
/// <param name="Id">The log.</param>
/// <param name="Start">Lowest offset that is not settled.</param>
/// <param name="End">Next offset.</param>
/// <param name="Horizon">Delivery horizon.</param>
/// <param name="Settled">Settled offsets above the start; null when there is none.</param>
/// <param name="Marks">Marks of unsettled offsets; null when there is none.</param>
/// <param name="Kept">Kept offsets; null when there is none.</param>
/// <param name="Quarantine">Why it is quarantined, or null.</param>
/// <param name="Damaged">Runs that are lost.</param>
internal sealed record LogImage(ulong Id, long Start, long End, long Horizon, OffsetSet? Settled, MarkTable? Marks, OffsetSet? Kept, string? Quarantine, IReadOnlyList<Run> Damaged);
