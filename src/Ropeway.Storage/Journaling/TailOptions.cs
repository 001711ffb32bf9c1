using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>Where a tail starts and how much memory it may keep.</summary>
internal record TailOptions
{
    /// <summary>Blocks come from here; their size is the space's block size.</summary>
    public required NativeBlockPool Blocks { get; init; }

    /// <summary>Bytes of blocks kept for readers; more only while they cannot be evicted.</summary>
    public int BudgetBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Called when one more block was taken. Runs on an appending thread without locks of the tail: it may only signal.</summary>
    public Action? OnBlockAdded { get; init; }
}
