using Ropeway.Buffers;

namespace Ropeway.Storage;

/// <summary>
/// One record as <see cref="LogReader.TryRead"/> found it. Valid under the log's gate until the next call of the reader; to keep
/// the payload longer take a reference on <see cref="Block"/> (and on <see cref="ExternalBody"/>).
/// </summary>
public readonly ref struct RecordView
{
    /// <summary>Makes the view of a record that lies in <paramref name="block"/>.</summary>
    /// <param name="offset">Offset in the log.</param>
    /// <param name="tag">The owner's byte given at append.</param>
    /// <param name="persistent">True when the record was appended persistently.</param>
    /// <param name="block">The block that holds the payload.</param>
    /// <param name="blockOffset">First byte of the payload in the block.</param>
    /// <param name="payloadBytes">Length of the payload in bytes.</param>
    public RecordView(long offset, byte tag, bool persistent, NativeBlock block, int blockOffset, int payloadBytes)
    {
        Offset = offset;
        Tag = tag;
        Persistent = persistent;
        Block = block;
        BlockOffset = blockOffset;
        Payload = block.Span.Slice(blockOffset, payloadBytes);
    }

    /// <summary>Offset in the log.</summary>
    public long Offset { get; }

    /// <summary>The owner's byte given at append (the priority level).</summary>
    public byte Tag { get; }

    /// <summary>True when the record survives a restart.</summary>
    public bool Persistent { get; }

    /// <summary>The payload as it was appended; for an external body only what was appended beside it, for a record that goes on in <see cref="Shared"/> its own part.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The block that holds <see cref="Payload"/>.</summary>
    public NativeBlock Block { get; }

    /// <summary>First byte of the payload in <see cref="Block"/>.</summary>
    public int BlockOffset { get; }

    /// <summary>The rest of a record that refers to a <see cref="SharedPart"/>, in <see cref="Block"/>; empty when all of it is in <see cref="Payload"/>.</summary>
    public ReadOnlySpan<byte> Shared { get; init; }

    /// <summary>First byte of <see cref="Shared"/> in <see cref="Block"/>.</summary>
    public int SharedOffset { get; init; }

    /// <summary>Null, or the body that was written by <see cref="Store.WriteBodyAsync"/>; the whole block is the body.</summary>
    public NativeBlock? ExternalBody { get; init; }

    /// <summary>The body that was written by <see cref="Store.WriteBodyAsync"/>, also when it was not asked for; 0 when there is none.</summary>
    public ulong BodyId { get; init; }
}
