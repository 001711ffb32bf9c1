using Ropeway.Buffers;
using Ropeway.Core;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Gathers a message whose frames do not lie in one received piece: names, properties and body side by side in native memory.
/// Grows with what has arrived, never with what was announced. Used on the connection's owner only.
/// </summary>
internal sealed class MessageAssembly(BodyBudget budget)
{
    private static readonly NativeBlockPool[] Pools =
    [
        new(4 * 1024, keptCountMax: 256),
        new(64 * 1024, keptCountMax: 64),
        new(1024 * 1024, keptCountMax: 8),
    ];

    private NativeBlock? _block;

    /// <summary>The memory; null before the first append.</summary>
    public NativeBlock? Block => _block;

    /// <summary>Bytes gathered so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Adds bytes at the end.</summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="expectedBytes">How long the whole will be: a hint that bounds the growth.</param>
    /// <returns>Where they start.</returns>
    public int Append(ReadOnlySpan<byte> bytes, long expectedBytes)
    {
        int start = Bytes;
        int needed = checked(start + bytes.Length);
        if (_block is null || _block.Bytes < needed)
        {
            Grow(needed, expectedBytes);
        }

        bytes.CopyTo(_block!.Span[start..]);
        Bytes = needed;
        return start;
    }

    /// <summary>Hands the memory over with its reference; the assembly is empty afterwards.</summary>
    public NativeBlock TakeBlock()
    {
        NativeBlock block = _block!;
        budget.Add(-block.Bytes);
        _block = null;
        Bytes = 0;
        return block;
    }

    /// <summary>Throws away what was gathered.</summary>
    public void Clear()
    {
        if (_block is not null)
        {
            TakeBlock().Release();
        }
    }

    private static NativeBlock Rent(long bytes)
    {
        foreach (NativeBlockPool pool in Pools)
        {
            if (bytes <= pool.BlockBytes)
            {
                return pool.Rent();
            }
        }

        return NativeBlock.Allocate(checked((int)bytes));
    }

    private void Grow(int needed, long expectedBytes)
    {
        long doubled = Math.Max(needed, Math.Min(expectedBytes, 2L * needed));
        NativeBlock larger = Rent(doubled);
        budget.Add(larger.Bytes - (_block?.Bytes ?? 0));
        if (_block is not null)
        {
            _block.Span[..Bytes].CopyTo(larger.Span);
            _block.Release();
        }

        _block = larger;
    }
}
