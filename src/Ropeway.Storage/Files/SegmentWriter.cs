using System.Buffers.Binary;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// Writes one segment file under a temporary name. Used by the mover's thread only. A crash before <see cref="Finish"/> leaves a
/// file that the next start deletes; so does disposing without it.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>Payload at which a batch is closed.</summary>
    public const int BatchPayloadBytes = 64 * 1024;

    private const int BufferBytes = 2 * 1024 * 1024; // A batch of one record is below 1 MiB + 64 bytes.

    private readonly IDisk _disk;
    private readonly bool _isSynced;
    private readonly IDiskFile _file;
    private readonly string _temporaryPath;
    private readonly NativeBlock _buffer;
    private readonly List<SegmentEntry> _entries = [];
    private long _written; // Bytes in the file.
    private int _used; // Bytes in the buffer behind them.
    private int _batchAt = -1;
    private int _batchCount;
    private long _batchFirst;
    private long _batchEnd;
    private SegmentEntry _open;
    private bool _isFinished;

    public SegmentWriter(IDisk disk, string path, uint id, ushort shard, bool isSynced)
    {
        _disk = disk;
        _isSynced = isSynced;
        Id = id;
        Shard = shard;
        Path = path;
        _temporaryPath = path + ".tmp";
        _file = disk.Create(_temporaryPath);
        _buffer = NativeBlock.Allocate(BufferBytes); // Only now: on a full disk there is no file, and nobody to release this.
        SegmentFormat.WriteHeader(_buffer.Span, id, shard);
        _used = SegmentFormat.HeaderBytes;
    }

    public uint Id { get; }

    public ushort Shard { get; }

    public string Path { get; }

    public long RecordCount { get; private set; }

    /// <summary>Bytes written so far, without footer.</summary>
    public long Bytes => _written + _used;

    public IReadOnlyList<SegmentEntry> Entries => _entries;

    /// <summary>Adds a record; starts a new batch where the log or tag changes, or the batch is full.</summary>
    /// <param name="logId">Its log.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="bodyId">Its external body, or 0.</param>
    /// <param name="payload">Its payload,</param>
    /// <param name="rest">and how that goes on; empty when it was stored as one.</param>
    public void Add(ulong logId, long offset, byte tag, ulong bodyId, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> rest)
    {
        int payloadBytes = payload.Length + rest.Length;
        if (_batchAt >= 0 && (bodyId != 0 || _open.BodyId != 0 || logId != _open.LogId || tag != _open.Tag
            || _used - _batchAt + payloadBytes > BatchPayloadBytes || offset - _batchFirst > int.MaxValue))
        {
            CloseBatch();
        }

        if (_batchAt < 0)
        {
            OpenBatch(logId, offset, tag, bodyId, payloadBytes);
        }

        Span<byte> target = _buffer.Span[_used..];
        BinaryPrimitives.WriteInt32LittleEndian(target, payloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)(offset - _batchFirst));
        payload.CopyTo(target[AppendSpace.RecordHeaderBytes..]);
        rest.CopyTo(target[(AppendSpace.RecordHeaderBytes + payload.Length)..]);
        _used += AppendSpace.RecordHeaderBytes + payloadBytes;
        _batchCount++;
        _batchEnd = offset + 1;
        RecordCount++;
    }

    /// <summary>Ends the batch, so that the next record starts a new one.</summary>
    public void CloseBatch()
    {
        if (_batchAt < 0)
        {
            return;
        }

        int payloadBytes = _used - _batchAt - BatchHeader.HeaderBytes;
        int batchBytes = BatchHeader.BatchBytesFor(payloadBytes);
        long position = _written + _batchAt;
        Span<byte> batch = _buffer.Span.Slice(_batchAt, batchBytes);
        BatchHeader header = new()
        {
            BatchBytes = batchBytes,
            Type = BatchType.Messages,
            Tag = _open.Tag,
            Flags = _open.Flags,
            PadBytes = (byte)(batchBytes - BatchHeader.HeaderBytes - payloadBytes),
            Count = _batchCount,
            LogId = _open.LogId,
            FirstOffset = _batchFirst,
            Shard = Shard,
        };
        header.Write(batch);
        BatchHeader.Seal(batch, BatchHeader.SegmentSeed(Id, position));
        _entries.Add(_open with { Span = (uint)(_batchEnd - _batchFirst), Count = (uint)_batchCount, Position = (uint)position, BatchBytes = (uint)batchBytes });
        _used = _batchAt + batchBytes;
        _batchAt = -1;
    }

    /// <summary>Writes the footer, syncs and gives the file its name.</summary>
    public Segment Finish()
    {
        CloseBatch();
        Flush();
        byte[] footer = new byte[(_entries.Count * SegmentEntry.EntryBytes) + SegmentFormat.TrailerBytes];
        Span<byte> entries = footer.AsSpan(0, footer.Length - SegmentFormat.TrailerBytes);
        for (int i = 0; i < _entries.Count; i++)
        {
            _entries[i].Write(entries[(i * SegmentEntry.EntryBytes)..]);
        }

        SegmentFormat.WriteTrailer(footer.AsSpan(entries.Length), Id, _written, entries, RecordCount);
        _file.Write(footer, _written);
        if (_isSynced)
        {
            _file.Sync();
        }

        _file.Dispose();
        _disk.Rename(_temporaryPath, Path);
        if (_isSynced)
        {
            _disk.SyncDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }

        _isFinished = true;
        return new Segment(Id, Path, _written + footer.Length, _entries.Count, RecordCount);
    }

    public void Dispose()
    {
        _buffer.Release();
        if (!_isFinished)
        {
            _file.Dispose();
            try
            {
                _disk.Delete(_temporaryPath);
            }
            catch (IOException)
            {
                // The next start deletes it.
            }
        }
    }

    private void OpenBatch(ulong logId, long offset, byte tag, ulong bodyId, int payloadBytes)
    {
        if (_used + BatchHeader.HeaderBytes + Math.Max(payloadBytes, BatchPayloadBytes) + 64 > BufferBytes)
        {
            Flush();
        }

        _batchAt = _used;
        _batchCount = 0;
        _batchFirst = offset;
        _open = new SegmentEntry(logId, offset, 0, 0, 0, 0, tag, bodyId == 0 ? (byte)0 : BatchHeader.ExternalBody, bodyId);
        _used += BatchHeader.HeaderBytes;
        if (bodyId != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_buffer.Span[_used..], bodyId);
            _used += AppendSpace.ExternalHeaderBytes;
        }
    }

    private void Flush()
    {
        _file.Write(_buffer.Span[.._used], _written);
        _written += _used;
        _used = 0;
    }
}
