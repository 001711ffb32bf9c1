namespace Ropeway.Simulation.Model;

/// <summary>A message that was found in a queue by reading its log.</summary>
internal readonly record struct FoundMessage(long Offset, long Id);
