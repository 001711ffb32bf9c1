namespace Ropeway.Storage;

/// <summary>Reads a part of a file.</summary>
/// <param name="position">From where on, in the part.</param>
/// <param name="target">To be filled.</param>
/// <returns>Bytes read; fewer than asked for only at the end.</returns>
internal delegate int BackupRead(long position, Span<byte> target);
