namespace Ropeway.TestKit.Wire;

/// <summary>A publisher confirm.</summary>
/// <param name="Channel">Channel it came on.</param>
/// <param name="Tag">Publish number on the channel, from 1.</param>
/// <param name="IsMultiple">All up to the tag.</param>
/// <param name="IsNack">The broker did not take it.</param>
public readonly record struct WireConfirm(ushort Channel, ulong Tag, bool IsMultiple, bool IsNack);
