namespace Ropeway.Core.Resources;

/// <summary>From where on publishers have to wait.</summary>
/// <param name="UsedMemoryBytesMax">Memory of the process up to which they may go on, in bytes; 0 stops all publishers.</param>
/// <param name="FreeDiskBytesMin">Free disk space from which on they may go on, in bytes; 0 for no limit.</param>
public sealed record ResourceLimits(long UsedMemoryBytesMax, long FreeDiskBytesMin);
