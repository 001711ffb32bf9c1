namespace Ropeway.Storage;

/// <summary>Readable records of a log that lie close together.</summary>
/// <param name="Start">Lowest offset; some of those behind it may be settled or gaps.</param>
/// <param name="End">Exclusive end.</param>
/// <param name="Bytes">What they take on the disk, without bodies in files of their own.</param>
/// <param name="BodyId">The body that has a file of its own, see <see cref="StoredLog.BodyBytesOf"/>; 0 when there is none.</param>
public readonly record struct LogExtent(long Start, long End, long Bytes, ulong BodyId = 0);
