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

    private readonly TailSpace _tail;
    private readonly TailReservation _reservation;
    private readonly int _recordCount;
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

    private static void ThrowTooMuch() => throw new InvalidOperationException("More records or bytes were added to a batch than it was announced with.");

    private void CompleteShort()
    {
        _unused.Clear();
        while (_added < _recordCount)
        {
            Add(0);
        }

        _tail.Filled(_reservation);
        throw new InvalidOperationException("Fewer records or bytes were added to a batch than it was announced with.");
    }
}
