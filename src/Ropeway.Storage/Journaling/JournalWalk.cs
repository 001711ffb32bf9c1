using System.Buffers;
using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>One pass over committed batches, from the tail's memory where they still are and from the files else. Used by one thread.</summary>
internal sealed class JournalWalk : IDisposable
{
    private const int ChunkBytes = 256 * 1024;

    private readonly Journal _journal;
    private readonly WholeBatch _whole = new();
    private byte[] _chunk;
    private long _chunkPosition;
    private int _chunkBytes;
    private NativeBlock? _block;
    private long _blockPosition;

    public JournalWalk(Journal journal)
    {
        _journal = journal;
        _chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    }

    /// <summary>Hands over the batches with indexes in [index, lastIndex].</summary>
    /// <param name="position">Start of a file whose first index is not above <paramref name="index"/>.</param>
    /// <param name="index">First index wanted.</param>
    /// <param name="lastIndex">Last index wanted; must be committed.</param>
    /// <param name="reader">Receives the batches.</param>
    public ShardReadStatus Run(long position, ulong index, ulong lastIndex, IShardReader reader)
    {
        while (true)
        {
            if (!TryGet(position, BatchHeader.HeaderBytes, out ReadOnlySpan<byte> bytes))
            {
                return ShardReadStatus.TooOld;
            }

            if (!BatchHeader.TryRead(bytes, out BatchHeader header))
            {
                return ShardReadStatus.Damaged;
            }

            if (header.Index > lastIndex)
            {
                return ShardReadStatus.Complete;
            }

            if (header.Index >= index)
            {
                ShardReadStatus status = TryRead(position, out header, out ReadOnlySpan<byte> payload);
                if (status != ShardReadStatus.Complete)
                {
                    return status;
                }

                if (IsForReaders(header.Type) && !reader.OnBatch(ToShardBatch(header, payload)))
                {
                    return ShardReadStatus.Complete;
                }
            }

            if (header.Index == lastIndex)
            {
                return ShardReadStatus.Complete;
            }

            position += header.BatchBytes;
        }
    }

    public void Dispose()
    {
        _block?.Release();
        _whole.Dispose();
        ArrayPool<byte>.Shared.Return(_chunk);
    }

    /// <summary>Neither the journal's housekeeping nor what is handed over with the records that refer to it.</summary>
    private static bool IsForReaders(BatchType type) => type is <= BatchType.Metadata or (>= BatchType.UnitEnd and not BatchType.SharedPart);

    /// <summary>Reads and tests a batch.</summary>
    /// <param name="position">Where it lies.</param>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload, with whole records.</param>
    /// <returns>Complete when it is there.</returns>
    private ShardReadStatus TryRead(long position, out BatchHeader header, out ReadOnlySpan<byte> payload)
    {
        ShardReadStatus status = TryReadBytes(position, out header, out payload);
        if (status != ShardReadStatus.Complete || (header.Flags & BatchHeader.Referring) == 0 || header.Type != BatchType.Messages)
        {
            return status;
        }

        int backBytes = SharedReference.Read(payload[SharedReference.StartIn(header.Flags)..]).BackBytes;
        status = TryReadBytes(position - backBytes, out BatchHeader shared, out payload);
        if (status != ShardReadStatus.Complete)
        {
            return status;
        }

        if (shared.Type != BatchType.SharedPart)
        {
            return ShardReadStatus.Damaged;
        }

        _whole.SetShared(payload);
        status = TryReadBytes(position, out header, out payload); // Again: reading the shared part may have taken its place.
        if (status == ShardReadStatus.Complete)
        {
            payload = _whole.Write(header, payload);
        }

        return status;
    }

    private ShardReadStatus TryReadBytes(long position, out BatchHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (!TryGet(position, BatchHeader.HeaderBytes, out ReadOnlySpan<byte> bytes))
        {
            return ShardReadStatus.TooOld;
        }

        if (!BatchHeader.TryRead(bytes, out header))
        {
            return ShardReadStatus.Damaged;
        }

        if (!TryGet(position, header.CheckedBytes, out bytes))
        {
            return ShardReadStatus.TooOld;
        }

        if (!BatchHeader.TryValidate(bytes, (ulong)position, out header))
        {
            return ShardReadStatus.Damaged;
        }

        payload = bytes.Slice(BatchHeader.HeaderBytes, header.PayloadBytes);
        return ShardReadStatus.Complete;
    }

    private static ShardBatch ToShardBatch(in BatchHeader header, ReadOnlySpan<byte> payload) => new()
    {
        Type = header.Type,
        Tag = header.Tag,
        Flags = (byte)(header.Flags & ~BatchHeader.Referring),
        Count = header.Count,
        LogId = header.LogId,
        FirstOffset = header.FirstOffset,
        Index = header.Index,
        Epoch = header.Epoch,
        Payload = payload,
    };

    private bool TryGet(long position, int bytes, out ReadOnlySpan<byte> span)
    {
        if (TryGetFromMemory(position, bytes, out span))
        {
            return true;
        }

        if (position < _chunkPosition || position + bytes > _chunkPosition + _chunkBytes)
        {
            if (!ReadChunk(position, bytes))
            {
                return false;
            }
        }

        span = _chunk.AsSpan((int)(position - _chunkPosition), bytes);
        return true;
    }

    private bool TryGetFromMemory(long position, int bytes, out ReadOnlySpan<byte> span)
    {
        span = default;
        if (_block is null || position < _blockPosition || position >= _blockPosition + _journal.BlockBytes)
        {
            _block?.Release();
            if (!_journal.TryPin(position, out _block, out int offset))
            {
                return false;
            }

            _blockPosition = position - offset;
        }

        int start = (int)(position - _blockPosition);
        if (start + bytes > _journal.BlockBytes)
        {
            return false; // Only a damaged header says so: the file's end stops the read.
        }

        span = _block.Span.Slice(start, bytes);
        return true;
    }

    private bool ReadChunk(long position, int bytes)
    {
        if (_chunk.Length < bytes)
        {
            ArrayPool<byte>.Shared.Return(_chunk);
            _chunk = ArrayPool<byte>.Shared.Rent(bytes);
        }

        _chunkBytes = 0;
        if (!_journal.TryPinFile(position, out JournalFilePin pin))
        {
            return false;
        }

        using (pin)
        {
            _chunkPosition = position;
            _chunkBytes = pin.ReadAt(position, _chunk);
        }

        return _chunkBytes >= bytes;
    }
}
