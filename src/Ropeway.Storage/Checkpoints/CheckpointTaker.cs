using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// Takes checkpoints: the state is captured log by log while the store works; what is captured twice, here and in the journal from the
/// start position on, converges at replay. All batches of a unit that is open meanwhile lie behind the start position, so that
/// its end is replayed with them. Used by the mover's thread only.
/// </summary>
internal sealed class CheckpointTaker
{
    private const int KeptBufferBytes = 1024 * 1024;

    private readonly StoreSpaces _spaces;
    private readonly LogCatalog _catalog;
    private readonly MetadataStore _metadata;
    private readonly CheckpointFiles _files;
    private readonly RetiredFiles _retired;
    private readonly MoverOptions _options;
    private readonly ByteWriter _buffer = new();

    public CheckpointTaker(StoreSpaces spaces, LogCatalog catalog, MetadataStore metadata, CheckpointFiles files, RetiredFiles retired, MoverOptions options)
    {
        _spaces = spaces;
        _catalog = catalog;
        _metadata = metadata;
        _files = files;
        _retired = retired;
        _options = options;
    }

    public long Count { get; private set; }

    /// <summary>Where recovery would start from the newest checkpoint.</summary>
    public long StartPosition => _files.NewestStartPosition;

    /// <summary>Writes a checkpoint, then recycles journal files and deletes dead files that no kept checkpoint needs.</summary>
    public void Take()
    {
        Journal journal = _spaces.Journal;
        long oldest = _spaces.Units.ClosedBelow(journal.NextPosition); // Whatever is appended from here on lies above.
        Retire(_files.NextGeneration);
        CheckpointImage image = BeginImage(out List<StoredLog> logs);
        CheckpointCodec.Begin(_buffer, image);
        int countAt = _buffer.Reserve(4);
        int count = 0;
        foreach (StoredLog log in logs)
        {
            lock (log.Gate)
            {
                if (log.IsDeleted)
                {
                    continue;
                }

                CheckpointCodec.WriteLog(_buffer, log);
                oldest = Math.Min(oldest, OldestJournalPosition(log.Index.Runs));
                log.TrimIdle();
                count++;
            }
        }

        _buffer.PatchInt32(countAt, count);
        long start = StartFor(oldest);
        CommitWait.Until(_spaces, AppendFence(journal)); // What was captured must not be ahead of the journal on disk.
        CheckpointCodec.SetStart(_buffer, start, journal.FirstIndexOfFile(start), journal.DurablePosition);
        CheckpointCodec.End(_buffer, _files.NextGeneration, _options.Shard);
        _files.Write(_buffer.Written, start);
        Count++;
        StorageLog.CheckpointWritten(_spaces.Logger, _files.NextGeneration - 1, count, start, _buffer.Count);
        _buffer.Trim(KeptBufferBytes);
        journal.Recycle(_files.OldestStartPosition);
        _retired.Delete(_files.OldestGeneration);
    }

    /// <summary>Lowest journal position that a log still needs.</summary>
    public static long OldestJournalPosition(RunTable? runs)
    {
        for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
        {
            if (runs![place].Kind == RunKind.Journal && runs[place].Live > 0)
            {
                return (long)runs[place].Where; // Positions ascend with offsets.
            }
        }

        return long.MaxValue;
    }

    /// <summary>An empty settlement of no log: its commit says that everything reserved before is durable.</summary>
    private static ulong AppendFence(Journal journal)
    {
        TailReservation fence = journal.Reserve(new BatchRequest { Type = BatchType.Settle, PayloadBytes = 0 });
        journal.Filled(fence);
        return fence.Index;
    }

    private void Retire(ulong generation)
    {
        foreach (Segment segment in _spaces.Segments.Live)
        {
            if (segment.LiveCount == 0 && _spaces.Segments.Remove(segment))
            {
                _retired.AddSegment(segment.Id, generation);
            }
        }

        foreach (ulong body in _spaces.Bodies.TakeDead())
        {
            _retired.AddBody(body, generation);
        }
    }

    private CheckpointImage BeginImage(out List<StoredLog> logs)
    {
        CheckpointImage image = new() { Epoch = _spaces.Journal.Epoch, NextSegmentId = _spaces.Segments.NextId };
        image.NextBodyId = _spaces.Bodies.Capture(image.Bodies);
        image.Segments.AddRange(_spaces.Segments.Live.Select(segment => new SegmentImage(segment.Id, segment.EntryCount, segment.RecordCount)));
        _retired.ListIn(image);
        image.Metadata.AddRange(_metadata.Capture(out logs));
        image.NextLogId = _catalog.NextId;
        return image;
    }

    private long StartFor(long oldest)
    {
        long start = oldest - (oldest % _options.JournalFileBytes);
        if (start == _spaces.Journal.NextPosition)
        {
            start -= _options.JournalFileBytes; // Nothing was written to that file yet.
        }

        return Math.Max(start, _files.NewestStartPosition);
    }
}
