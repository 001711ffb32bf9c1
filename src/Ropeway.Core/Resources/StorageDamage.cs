namespace Ropeway.Core.Resources;

/// <summary>A damaged place that scrubbing has found.</summary>
/// <param name="File">The file in the data directory.</param>
/// <param name="Position">First damaged byte.</param>
/// <param name="Bytes">Damaged bytes.</param>
/// <param name="Text">What is wrong.</param>
/// <param name="Victims">Who loses what; empty when nothing is lost.</param>
public sealed record StorageDamage(string File, long Position, long Bytes, string Text, IReadOnlyList<StorageVictim> Victims);
