using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>Space for one batch in the tail. The header is written already; its owner fills <see cref="Payload"/> and calls <see cref="TailSpace.Filled"/> exactly once.</summary>
internal readonly struct TailReservation
{
    internal TailReservation(NativeBlock block, int batchOffset, in BatchRequest request, long position, ulong index, int parity)
    {
        Block = block;
        BatchOffset = batchOffset;
        PayloadBytes = request.PayloadBytes;
        Position = position;
        Index = index;
        Parity = parity;
    }

    /// <summary>The block that holds the batch. Stays valid until <see cref="TailSpace.Filled"/>.</summary>
    public NativeBlock Block { get; }

    /// <summary>Where the batch's header starts in the block.</summary>
    public int BatchOffset { get; }

    public int PayloadBytes { get; }

    /// <summary>Position of the batch (of its header) in the space.</summary>
    public long Position { get; }

    /// <summary>The index to wait for; 0 in a space without files.</summary>
    public ulong Index { get; }

    /// <summary>The payload, to be filled completely.</summary>
    public Span<byte> Payload => Block.Span.Slice(BatchOffset + BatchHeader.HeaderBytes, PayloadBytes);

    internal int Parity { get; }
}
