namespace Ropeway.Storage;

/// <summary>State of one unsettled message that its owner keeps with it.</summary>
/// <param name="Offset">The message.</param>
/// <param name="Value">The owner's 64 bits; 0 is no mark.</param>
public readonly record struct OffsetMark(long Offset, ulong Value);
