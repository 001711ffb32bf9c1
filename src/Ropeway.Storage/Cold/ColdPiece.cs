namespace Ropeway.Storage;

/// <summary>A run that was read from disk: its batches lie behind each other in the buffer.</summary>
/// <param name="First">Lowest offset.</param>
/// <param name="End">Exclusive end of the offsets.</param>
/// <param name="At">Where its first batch starts in the buffer.</param>
/// <param name="Bytes">Bytes of its batches, and of what they refer to.</param>
/// <param name="IsDurable">False when it comes from a spill file.</param>
internal readonly record struct ColdPiece(long First, long End, int At, int Bytes, bool IsDurable);
