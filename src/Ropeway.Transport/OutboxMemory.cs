using Ropeway.Buffers;

namespace Ropeway.Transport;

/// <summary>The blocks that outboxes write into, shared by all connections of the process.</summary>
internal static class OutboxMemory
{
    /// <summary>Size of an ordinary block: one batch of small deliveries.</summary>
    public const int BlockBytes = 64 * 1024;

    private const int BlocksKeptMax = 128;
    private const int LargeBlocksKeptMax = 8;

    private static readonly NativeBlockPool Blocks = new(BlockBytes, BlocksKeptMax);
    private static readonly NativeBlockPool LargeBlocks = new(TransportLimits.OutboxSpanBytesMax, LargeBlocksKeptMax);

    /// <summary>A block of at least <paramref name="bytes"/>.</summary>
    public static NativeBlock Rent(int bytes) => bytes <= BlockBytes ? Blocks.Rent() : LargeBlocks.Rent();
}
