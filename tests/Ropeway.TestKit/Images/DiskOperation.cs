namespace Ropeway.TestKit.Images;

/// <summary>One entry of a disk journal; <c>tests/faults/diskjournal.c</c> has its layout.</summary>
/// <param name="Kind">The letter of the kind.</param>
/// <param name="Inode">The file.</param>
/// <param name="Position">Of a write; the new length of a change of length.</param>
/// <param name="Count">Octets of a write.</param>
/// <param name="Name">Of a change of names; a rename has two, with a line feed between.</param>
/// <param name="Bytes">Where the octets of a write lie in the journal; -1 when they are zeros.</param>
/// <param name="Start">Where the entry begins in the journal.</param>
internal sealed record DiskOperation(char Kind, ulong Inode, long Position, long Count, string Name, long Bytes, long Start);
