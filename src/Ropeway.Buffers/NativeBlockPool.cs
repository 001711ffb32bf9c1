using System.Diagnostics;

namespace Ropeway.Buffers;

/// <summary>
/// Keeps blocks of one size for reuse while they are still warm in the cache. Any thread may call it.
/// Blocks beyond the kept count go back to the system, so that an idle broker is small.
/// </summary>
public sealed class NativeBlockPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<NativeBlock> _free = new();
    private int _keptCountMax;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="blockBytes">Size of each block in bytes, at least 1.</param>
    /// <param name="keptCountMax">How many unused blocks are kept at most, 0 or more.</param>
    public NativeBlockPool(int blockBytes, int keptCountMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(keptCountMax);
        BlockBytes = blockBytes;
        _keptCountMax = keptCountMax;
    }

    /// <summary>Size of each block in bytes.</summary>
    public int BlockBytes { get; }

    /// <summary>A block with one reference; its content is undefined.</summary>
    public NativeBlock Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out NativeBlock? block))
            {
                block.Revive();
                return block;
            }
        }

        return new NativeBlock(BlockBytes, this);
    }

    /// <summary>Gives the unused blocks back to the system; those in use follow when they are released.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _keptCountMax = 0;
            while (_free.TryPop(out NativeBlock? block))
            {
                block.Free();
            }
        }
    }

    internal void Return(NativeBlock block)
    {
        Debug.Assert(block.Bytes == BlockBytes, "A block came back to a pool of another size.");
        lock (_gate)
        {
            if (_free.Count < _keptCountMax)
            {
                _free.Push(block);
                return;
            }
        }

        block.Free();
    }
}
