using System.Buffers;
using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>One pass over committed batches, from the tail's memory where they still are and from the files else. Used by one thread.</summary>
internal sealed class JournalWalk : IDisposable
{
    private const int ChunkBytes = 256 * 1024;

    private readonly Journal _journal;
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
                if (!TryGet(position, header.CheckedBytes, out bytes))
                {
                    return ShardReadStatus.TooOld;
                }

                if (!BatchHeader.TryValidate(bytes, (ulong)position, out header))
                {
                    return ShardReadStatus.Damaged;
                }

                if (header.Type is <= BatchType.Metadata or >= BatchType.UnitEnd && !reader.OnBatch(ToShardBatch(header, bytes)))
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
        ArrayPool<byte>.Shared.Return(_chunk);
    }

    private static ShardBatch ToShardBatch(in BatchHeader header, ReadOnlySpan<byte> bytes) => new()
    {
        Type = header.Type,
        Tag = header.Tag,
        Flags = header.Flags,
        Count = header.Count,
        LogId = header.LogId,
        FirstOffset = header.FirstOffset,
        Index = header.Index,
        Epoch = header.Epoch,
        Payload = bytes.Slice(BatchHeader.HeaderBytes, header.PayloadBytes),
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
