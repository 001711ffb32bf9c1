using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>The part of one block that a group writes.</summary>
/// <param name="Block">The block; it cannot be evicted before it is durable.</param>
/// <param name="Position">Journal position of the first byte to write.</param>
/// <param name="Offset">Where that byte lies in the block.</param>
/// <param name="Bytes">How many bytes to write.</param>
internal readonly record struct BlockRange(NativeBlock Block, long Position, int Offset, int Bytes);
