using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Streams;

/// <summary>
/// The chunks of one stream, oldest first: where they begin, their bytes and their times. Guarded by the log's gate. It is not stored:
/// a recovery knows offsets and bytes from the store, and times are read from the messages when somebody needs them.
/// </summary>
internal sealed class ChunkIndex
{
    /// <summary>Usual size of a chunk.</summary>
    public const long ChunkBytesMax = 1024 * 1024;

    /// <summary>More chunks are joined in pairs, so that the largest stream costs less than half a megabyte.</summary>
    public const int ChunkCountMax = 16_384;

    private StreamChunk[] _chunks = [];
    private int _start;
    private int _end;
    private long _openedMs; // When the first message of the last chunk came.
    private bool _isLastClosed = true;

    /// <summary>Chunks in it.</summary>
    public int Count => _end - _start;

    /// <summary>Bytes of all chunks.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>From which size on a chunk is closed.</summary>
    public long ChunkBytes { get; set; } = ChunkBytesMax;

    /// <summary>After which time a chunk is closed, in milliseconds.</summary>
    public long ChunkMs { get; set; } = long.MaxValue;

    /// <summary>The chunk at <paramref name="index"/>, 0 for the oldest.</summary>
    public StreamChunk this[int index] => _chunks[_start + index];

    /// <summary>Notes messages that were appended together.</summary>
    /// <param name="first">Their first offset, above all before.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="timeMs">When they came.</param>
    public void Add(long first, long bytes, long timeMs)
    {
        bool isNew = Count == 0 || _isLastClosed || _chunks[_end - 1].Bytes >= ChunkBytes || timeMs - _openedMs >= ChunkMs;
        _openedMs = isNew ? timeMs : _openedMs;
        _isLastClosed = false;
        Append(first, bytes, timeMs, isNew);
    }

    /// <summary>Notes what a recovery has found, in ascending order.</summary>
    public void Recover(LogExtent extent) =>
        Append(extent.Start, extent.Bytes, StreamChunk.UnknownMs, isNew: Count == 0 || _chunks[_end - 1].Bytes + extent.Bytes > ChunkBytesMax);

    /// <summary>Forgets the oldest chunk.</summary>
    public void DropFirst()
    {
        TotalBytes -= _chunks[_start++].Bytes;
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
        }
    }

    /// <summary>Finds out when the newest message of a chunk came, reading it when that is not known.</summary>
    /// <param name="index">The chunk.</param>
    /// <param name="log">The stream's log.</param>
    /// <param name="reader">Any reader of that log; unpinned afterwards.</param>
    /// <param name="timeMs">The time when the answer is Found; 0 when the answer is Gone: nothing in it can be read any more.</param>
    /// <param name="offset">What to load when the answer is Cold.</param>
    public ReadStatus TryGetTime(int index, StoredLog log, LogReader reader, out long timeMs, out long offset)
    {
        StreamChunk chunk = this[index];
        timeMs = chunk.LastMs;
        offset = index + 1 < Count ? this[index + 1].First : log.EndOffset;
        if (timeMs != StreamChunk.UnknownMs)
        {
            return ReadStatus.Found;
        }

        timeMs = 0;
        ReadStatus status = ReadStatus.Gone;
        while (status == ReadStatus.Gone && offset > chunk.First)
        {
            status = reader.TryRead(--offset, out RecordView record);
            if (status == ReadStatus.Found && QueuedMessage.TryReadContent(record, out StoredMessage message))
            {
                timeMs = message.Head.TimestampMs;
            }
        }

        reader.Unpin();
        if (status is ReadStatus.Found or ReadStatus.Gone)
        {
            _chunks[_start + index] = chunk with { LastMs = timeMs };
        }

        return status;
    }

    private void Append(long first, long bytes, long timeMs, bool isNew)
    {
        TotalBytes += bytes;
        if (!isNew)
        {
            _chunks[_end - 1] = _chunks[_end - 1] with { Bytes = _chunks[_end - 1].Bytes + bytes, LastMs = timeMs };
            return;
        }

        if (_end == _chunks.Length)
        {
            MakeRoom();
        }

        _chunks[_end++] = new StreamChunk(first, bytes, timeMs);
    }

    private void MakeRoom()
    {
        int count = Count;
        if (count < ChunkCountMax)
        {
            StreamChunk[] target = count >= _chunks.Length / 2 ? new StreamChunk[Math.Clamp(count * 2, 8, ChunkCountMax)] : _chunks;
            Array.Copy(_chunks, _start, target, 0, count);
            _chunks = target;
        }
        else
        {
            for (int pair = 0; pair < count / 2; pair++)
            {
                StreamChunk left = _chunks[_start + (pair * 2)];
                StreamChunk right = _chunks[_start + (pair * 2) + 1];
                _chunks[pair] = right with { First = left.First, Bytes = left.Bytes + right.Bytes };
            }

            count /= 2;
            ChunkBytes *= 2;
        }

        _start = 0;
        _end = count;
    }
}
