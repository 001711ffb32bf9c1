using System.Buffers.Binary;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// Space for one batch that has been reserved in the tail: the caller copies each record in with <see cref="Add"/>, exactly as
/// many records and bytes as announced, and ends with <see cref="Complete"/>. All of it under the log's gate.
/// </summary>
/// <remarks>Completing is not optional: the commit thread waits for every reserved batch.</remarks>
public ref struct AppendSpace
{
    /// <summary>Bytes in front of each record: u32 payload bytes, u32 offset behind the batch's first one.</summary>
    internal const int RecordHeaderBytes = 8;

    /// <summary>Bytes in front of the record when it has an external body: u64 body id.</summary>
    internal const int ExternalHeaderBytes = 8;

    /// <summary>Bytes in front of what is a record's own when it refers to a shared part: u32 start of its bytes there, u32 how many.</summary>
    internal const int ReferenceBytes = 8;

    private readonly TailSpace _tail;
    private readonly TailReservation _reservation;
    private readonly int _recordCount;
    private Span<byte> _reference; // Of the whole batch; empty when it has none.
    private Span<byte> _unused;
    private int _added;

    internal AppendSpace(TailSpace tail, TailReservation reservation, int prefixBytes, long firstOffset, int recordCount)
    {
        _tail = tail;
        _reservation = reservation;
        _recordCount = recordCount;
        _unused = reservation.Payload[prefixBytes..];
        FirstOffset = firstOffset;
    }

    /// <summary>Offset of the first record; the others follow without gap.</summary>
    public long FirstOffset { get; }

    /// <summary>Space for the next record.</summary>
    /// <param name="payloadBytes">Length of the record in bytes.</param>
    /// <returns>Exactly that many bytes, to be overwritten completely.</returns>
    /// <exception cref="InvalidOperationException">More records or bytes than announced; the batch must still be completed.</exception>
    public Span<byte> Add(int payloadBytes)
    {
        if (_added == _recordCount || payloadBytes < 0 || payloadBytes > _unused.Length - RecordHeaderBytes)
        {
            ThrowTooMuch();
        }

        BinaryPrimitives.WriteInt32LittleEndian(_unused, payloadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(_unused[4..], _added);
        Span<byte> payload = _unused.Slice(RecordHeaderBytes, payloadBytes);
        _unused = _unused[(RecordHeaderBytes + payloadBytes)..];
        _added++;
        return payload;
    }

    /// <summary>Space for what is the next record's own, in a batch that refers to a shared part.</summary>
    /// <param name="payloadBytes">Its length in bytes.</param>
    /// <param name="sharedStart">Where the rest of the record starts in the shared part.</param>
    /// <param name="sharedBytes">Length of the rest.</param>
    /// <returns>Exactly <paramref name="payloadBytes"/>, to be overwritten completely.</returns>
    /// <exception cref="InvalidOperationException">More records or bytes than announced, or no such batch; it must still be completed.</exception>
    public Span<byte> AddReferring(int payloadBytes, int sharedStart, int sharedBytes)
    {
        if (_reference.IsEmpty)
        {
            throw new InvalidOperationException("The batch refers to no shared part.");
        }

        Span<byte> record = Add(ReferenceBytes + payloadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(record, sharedStart);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], sharedBytes);
        SharedReference before = SharedReference.Read(_reference);
        (before with { SharedBytes = before.SharedBytes + sharedBytes }).Write(_reference);
        return record[ReferenceBytes..];
    }

    /// <summary>Hands the batch to the commit thread and makes its records readable.</summary>
    /// <returns>The index to wait for, under a unit that of the unit instead; 0 when the batch is not persistent.</returns>
    /// <exception cref="InvalidOperationException">Fewer records or bytes were added than announced; what is missing was stored as empty records.</exception>
    public ulong Complete()
    {
        if (_added < _recordCount || _unused.Length > 0)
        {
            CompleteShort();
        }

        _tail.Filled(_reservation);
        return _reservation.Index;
    }

    internal void WriteBodyId(ulong bodyId)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_unused, bodyId);
        _unused = _unused[ExternalHeaderBytes..];
    }

    internal void WriteReference(SharedReference reference)
    {
        _reference = _unused[..SharedReference.Bytes];
        reference.Write(_reference);
        _unused = _unused[SharedReference.Bytes..];
    }

    private static void ThrowTooMuch() => throw new InvalidOperationException("More records or bytes were added to a batch than it was announced with.");

    private void CompleteShort()
    {
        _unused.Clear();
        while (_added < _recordCount)
        {
            Add(_reference.IsEmpty ? 0 : ReferenceBytes); // Zeros refer to nothing.
        }

        _tail.Filled(_reservation);
        throw new InvalidOperationException("Fewer records or bytes were added to a batch than it was announced with.");
    }
}
