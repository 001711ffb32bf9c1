using System.Buffers.Binary;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Walks the records of one log through batches that lie behind each other in memory, over batches of other logs. A mutable struct owned by one reader.</summary>
internal struct BatchCursor
{
    private int _batchAt;
    private int _batchBytes;
    private int _limit;
    private int _recordAt;
    private int _recordBytes;
    private int _recordsLeft;
    private int _referenceBytes; // Of each record, in front of what is its own.
    private int _sharedAt; // Where the payload of the shared part starts.
    private long _firstOffset;

    /// <summary>Offset of the record that the cursor stands at; the search goes forward only.</summary>
    public long Current { get; private set; }

    public byte Tag { get; private set; }

    public bool IsExternal { get; private set; }

    /// <summary>Body id of the batch; only for external ones.</summary>
    public ulong BodyId { get; private set; }

    /// <summary>Whether the record goes on in a shared part.</summary>
    public readonly bool IsReferring => _referenceBytes != 0;

    public readonly int PayloadAt => _recordAt + AppendSpace.RecordHeaderBytes + _referenceBytes;

    public readonly int PayloadBytes => _recordBytes - _referenceBytes;

    /// <summary>Stands before the first batch.</summary>
    /// <param name="at">Where the first batch starts.</param>
    /// <param name="limit">Where the last one ends.</param>
    /// <param name="firstOffset">A lower bound of the offsets in them.</param>
    public static BatchCursor Before(int at, int limit, long firstOffset) => new() { _batchAt = at, _limit = limit, Current = firstOffset };

    /// <summary>More batches were appended behind the last one.</summary>
    public void Extend(int limit) => _limit = limit;

    /// <summary>Where a record goes on that refers to a shared part.</summary>
    public readonly (int At, int Bytes) ReadReference(ReadOnlySpan<byte> memory)
    {
        ReadOnlySpan<byte> reference = memory[(_recordAt + AppendSpace.RecordHeaderBytes)..];
        return (_sharedAt + BinaryPrimitives.ReadInt32LittleEndian(reference), BinaryPrimitives.ReadInt32LittleEndian(reference[4..]));
    }

    /// <summary>Goes forward to a record.</summary>
    /// <returns>False when it is not there.</returns>
    public bool MoveTo(ReadOnlySpan<byte> memory, ulong logId, long offset)
    {
        while (_recordsLeft > 0 || MoveToBatch(memory, logId))
        {
            long current = _firstOffset + BinaryPrimitives.ReadUInt32LittleEndian(memory[(_recordAt + 4)..]);
            int bytes = BinaryPrimitives.ReadInt32LittleEndian(memory[_recordAt..]);
            if (current >= offset)
            {
                Current = current;
                _recordBytes = bytes;
                return current == offset;
            }

            _recordAt += AppendSpace.RecordHeaderBytes + bytes;
            _recordsLeft--;
        }

        return false;
    }

    /// <summary>Goes to the next record, whatever its offset.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext(ReadOnlySpan<byte> memory, ulong logId)
    {
        if (_recordsLeft > 0)
        {
            _recordAt += AppendSpace.RecordHeaderBytes + _recordBytes;
            _recordsLeft--;
        }

        if (_recordsLeft == 0 && !MoveToBatch(memory, logId))
        {
            return false;
        }

        Current = _firstOffset + BinaryPrimitives.ReadUInt32LittleEndian(memory[(_recordAt + 4)..]);
        _recordBytes = BinaryPrimitives.ReadInt32LittleEndian(memory[_recordAt..]);
        return true;
    }

    private bool MoveToBatch(ReadOnlySpan<byte> memory, ulong logId)
    {
        int at = _batchAt + _batchBytes;
        while (at + BatchHeader.HeaderBytes <= _limit)
        {
            ReadOnlySpan<byte> batch = memory[at..];
            int batchBytes = BinaryPrimitives.ReadInt32LittleEndian(batch[4..]);
            if (batchBytes < BatchHeader.HeaderBytes)
            {
                return false;
            }

            if (batch[8] == (byte)BatchType.Messages && BinaryPrimitives.ReadUInt64LittleEndian(batch[24..]) == logId)
            {
                Enter(batch, at, batchBytes);
                return true;
            }

            at += batchBytes;
        }

        return false;
    }

    private void Enter(ReadOnlySpan<byte> batch, int at, int batchBytes)
    {
        _batchAt = at;
        _batchBytes = batchBytes;
        Tag = batch[9];
        IsExternal = (batch[10] & BatchHeader.ExternalBody) != 0;
        _recordsLeft = BinaryPrimitives.ReadInt32LittleEndian(batch[12..]);
        _firstOffset = BinaryPrimitives.ReadInt64LittleEndian(batch[32..]);
        int payloadAt = BatchHeader.HeaderBytes + ((batch[10] & BatchHeader.InUnit) == 0 ? 0 : AtomicUnit.PrefixBytes);
        if (IsExternal)
        {
            BodyId = BinaryPrimitives.ReadUInt64LittleEndian(batch[payloadAt..]);
            payloadAt += AppendSpace.ExternalHeaderBytes;
        }

        _referenceBytes = 0;
        if ((batch[10] & BatchHeader.Referring) != 0)
        {
            _sharedAt = at - SharedReference.Read(batch[payloadAt..]).BackBytes + BatchHeader.HeaderBytes;
            _referenceBytes = AppendSpace.ReferenceBytes;
            payloadAt += SharedReference.Bytes;
        }

        _recordAt = at + payloadAt;
    }
}
