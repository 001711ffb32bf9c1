namespace Ropeway.Storage;

/// <summary>What a unit did to a range of offsets of one log, kept until its end.</summary>
/// <param name="Log">The log.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Start">First offset.</param>
/// <param name="End">Exclusive end.</param>
/// <param name="Mark">The value of a mark, which is of one offset.</param>
internal readonly record struct UnitStep(StoredLog Log, UnitStepKind Kind, long Start, long End, ulong Mark = 0);
