namespace Ropeway.Storage;

/// <summary>Readable records of a log that lie close together.</summary>
/// <param name="Start">Lowest offset; some of those behind it may be settled or gaps.</param>
/// <param name="End">Exclusive end.</param>
/// <param name="Bytes">What they take on the disk, bodies in files of their own included.</param>
public readonly record struct LogExtent(long Start, long End, long Bytes);
