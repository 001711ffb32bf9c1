namespace Ropeway.Management.Live;

/// <summary>What the process uses of what it may use. Immutable; null is what is not known.</summary>
/// <param name="FreeDiskBytes">Free space of the data directory's disk.</param>
/// <param name="FreeDiskBytesMin">Free space below which publishers wait.</param>
/// <param name="TotalDiskBytes">Size of the disk.</param>
/// <param name="MemoryBytes">Memory of the process.</param>
/// <param name="MemoryBytesMax">Memory from which on publishers wait.</param>
/// <param name="Descriptors">Open files and sockets.</param>
/// <param name="DescriptorsMax">Files and sockets that may be open.</param>
internal sealed record NodeFigures(
    long? FreeDiskBytes, long? FreeDiskBytesMin, long? TotalDiskBytes, long MemoryBytes, long? MemoryBytesMax, int? Descriptors, long? DescriptorsMax);
