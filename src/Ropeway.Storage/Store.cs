using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// One data directory: a journal, segments, and the logs in them. Any thread may call it. What a committed index covers survives
/// a crash of the process and of the machine. After a failed write or sync the store refuses everything (<see cref="StoreFailedException"/>).
/// </summary>
public sealed class Store : IDisposable
{
    private readonly StoreParts _parts;
    private readonly Journal _journal;
    private readonly Scrubber _scrubber;
    private readonly TimeProvider _time;
    private int _isBackedUp;
    private bool _isDisposed;

    private Store(StoreParts parts, StoreOptions options)
    {
        _parts = parts;
        _journal = parts.Spaces.Journal;
        _time = options.Time;
        _scrubber = new Scrubber(parts, (options.Scrub ?? new ScrubOptions { BytesPerSecond = 0 }) with { Time = options.Time });
        _scrubber.Start();
    }

    /// <summary>Opens a data directory, made when it does not exist, and recovers what is in it.</summary>
    /// <exception cref="StoreException">It cannot be opened; nothing was changed unless the text says so.</exception>
    public static Store Open(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Store(StoreOpener.Open(options), options);
    }

    /// <summary>The definitions.</summary>
    public IMetadataStore Metadata => _parts.Metadata;

    /// <summary>The journal as replication sees it.</summary>
    public IShardLog ShardLog => _journal;

    /// <summary>The durable logs at this moment.</summary>
    public IEnumerable<StoredLog> Logs => _parts.Catalog.Durable;

    /// <summary>Everything up to this index is durable.</summary>
    public ulong CommittedIndex => _journal.CommittedIndex;

    /// <summary>Null when there is room; otherwise why publishers should wait (settlements never wait).</summary>
    public string? CongestionReason => _journal.CongestionReason ?? _parts.Mover.CongestionReason;

    /// <summary>Why the file system gives no space for the next journal file, with its error; null when it does. Then publishers wait, or will soon.</summary>
    public string? SpaceShortage => _journal.SpaceShortage;

    /// <summary>What the background scrubbing has done and found.</summary>
    public ScrubReport Scrubbing => _scrubber.Report;

    /// <summary>Finds a log, durable or not.</summary>
    public bool TryGetLog(ulong id, [NotNullWhen(true)] out StoredLog? log) => _parts.Catalog.TryGet(id, out log);

    /// <summary>Makes a log of which nothing is ever journalled.</summary>
    public StoredLog CreateTransientLog() => _parts.Catalog.CreateTransient();

    /// <summary>Deletes such a log. Takes its gate; no other gate may be held.</summary>
    public void DeleteTransientLog(StoredLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        _parts.Catalog.DeleteTransient(log);
    }

    /// <summary>Begins appends and settlements that after a crash all count or none. Wait for room before, not in between; no gate needs to be held.</summary>
    /// <returns>The unit, to be completed or disposed by its owner.</returns>
    public AtomicUnit BeginUnit() => new(_parts.Spaces);

    /// <summary>Registers a waiter for an index.</summary>
    /// <returns>False when the index is committed already; the waiter is then not registered. Otherwise it is called exactly once, unless the store fails before.</returns>
    /// <exception cref="StoreFailedException">The store has failed before that index was committed.</exception>
    public bool OnCommitted(ulong index, ICommitWaiter waiter) => _journal.OnCommitted(index, waiter);

    /// <summary>Registers a waiter for the end of the congestion.</summary>
    /// <returns>False when there is room now; the waiter is then not registered.</returns>
    public bool OnRoom(ICommitWaiter waiter) => _journal.OnRoom(waiter) || _parts.Mover.OnRoom(waiter);

    /// <summary>Writes a body of its own file, synced and named when the task completes.</summary>
    /// <param name="body">At least one byte; must stay valid until the task completes.</param>
    /// <param name="aborted">Gives up waiting for its turn; a write under way is finished.</param>
    /// <returns>The id for <see cref="StoredLog.BeginAppendExternal"/>. Its writer calls <see cref="ReleaseBody"/> when it has appended all references.</returns>
    /// <exception cref="IOException">The disk has no room; nothing is kept.</exception>
    public Task<ulong> WriteBodyAsync(ReadOnlySequence<byte> body, CancellationToken aborted)
    {
        if (body.Length is < 1 or > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(body), body.Length, "A body has 1 to 2,147,483,647 bytes.");
        }

        return _parts.BodyWriter.WriteAsync(body, aborted);
    }

    /// <summary>Ends the writer's claim on a body; records that reference it keep it. A body without record is deleted at a checkpoint.</summary>
    public void ReleaseBody(ulong bodyId) => _parts.Spaces.Bodies.Release(bodyId);

    /// <summary>Runs one cycle of the mover with a checkpoint and waits for it. For tests, backups and clean stops; no gate may be held.</summary>
    /// <exception cref="StoreException">There was no space for it.</exception>
    /// <exception cref="StoreFailedException">The store has failed.</exception>
    public void Checkpoint() => _parts.Mover.RunCycle();

    /// <summary>Tests everything at rest once, at full speed, on the calling thread; no gate may be held. Not while the background scrubbing runs.</summary>
    public void Scrub() => _scrubber.RunPass();

    /// <summary>Begins a backup: takes a checkpoint and holds its files. Waits for the disk; no gate may be held.</summary>
    /// <returns>To be written and disposed; null while another backup is under way.</returns>
    /// <exception cref="StoreException">There was no space for the checkpoint.</exception>
    /// <exception cref="StoreFailedException">The store has failed.</exception>
    public StoreBackup? TryBeginBackup() =>
        Interlocked.CompareExchange(ref _isBackedUp, 1, 0) == 0 ? StoreBackup.Begin(_parts, _time.GetUtcNow(), () => Volatile.Write(ref _isBackedUp, 0)) : null;

    /// <summary>Counters now.</summary>
    public StoreStatistics GetStatistics()
    {
        StoreSpaces spaces = _parts.Spaces;
        return new StoreStatistics
        {
            JournalFileCount = _journal.LiveFileCount,
            CommitCount = _journal.CommitCount,
            CommitTimes = _journal.CommitTimes.Copy(),
            SyncTimes = _journal.SyncTimes.Copy(),
            SyncCount = _journal.SyncCount,
            JournalBytesWritten = _journal.WrittenBytes,
            TailBytes = _journal.MemoryBytes,
            TransientBytes = spaces.Transient.MemoryBytes,
            SegmentCount = spaces.Segments.Count,
            SegmentBytes = spaces.Segments.Live.Sum(segment => segment.Bytes),
            SpillSegmentCount = spaces.Spills.Count,
            BodyCount = spaces.Bodies.Count,
            RunCount = _parts.Catalog.All.Sum(log => (long)(log.Index.Runs?.Count ?? 0)),
            LogCount = _parts.Catalog.DurableCount,
            QuarantinedLogCount = spaces.QuarantinedCount,
            CheckpointCount = _parts.Checkpoints.Count,
            MovedBytes = _parts.Mover.MovedBytes,
            ColdReadCount = spaces.Cold.ReadCount,
            HotRecordCount = spaces.Reads.HotCount,
            ColdRecordCount = spaces.Reads.ColdCount,
            OpenUnitCount = spaces.Units.Count,
        };
    }

    /// <summary>How long groups took: from the first append to being durable, and their writing and syncing alone. Cheaper than all statistics.</summary>
    public (DurationCounts Commit, DurationCounts Sync) GetCommitTimes() => (_journal.CommitTimes.Copy(), _journal.SyncTimes.Copy());

    /// <summary>Settles what is lost, takes quarantined logs back into service, and leaves behind the journal so far and the damaged segments. For a repair, before anybody else uses the store.</summary>
    internal void Mend(RepairPlan plan)
    {
        foreach ((ulong logId, OffsetRange range) in plan.Lost)
        {
            if (TryGetLog(logId, out StoredLog? log))
            {
                lock (log.Gate)
                {
                    log.Settle([range]);
                }
            }
        }

        foreach (StoredLog log in Logs.Where(log => plan.Doubtful.Contains(log.Id)))
        {
            lock (log.Gate)
            {
                log.AdvanceHorizon(log.EndOffset);
            }
        }

        long fileBytes = _parts.JournalFileBytes;
        _parts.Mover.Plan(new Evacuation(_journal.NextPosition / fileBytes * fileBytes, plan.Segments));
        Checkpoint();
        foreach (StoredLog log in Logs)
        {
            lock (log.Gate)
            {
                log.EndQuarantine();
            }
        }

        Checkpoint();
        Checkpoint(); // The older of the two must not refer to anything damaged either.
    }

    /// <summary>Clean stop: everything committed, a checkpoint, the directory unlocked. No other call may be under way.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            _scrubber.Dispose();
            _parts.BodyWriter.Dispose();
            if (_journal.Failure is null)
            {
                _parts.Mover.RunCycle();
            }
        }
        catch (Exception fault) when (fault is StoreFailedException or StoreException or ObjectDisposedException)
        {
            StorageLog.ClosedWithoutCheckpoint(_parts.Spaces.Logger, fault.Message); // What is committed is safe.
        }
        finally
        {
            _parts.Mover.Dispose();
            _parts.Spaces.Cold.Dispose();
            _journal.Dispose();
            _parts.Spaces.Transient.Dispose();
            _parts.Lock?.Dispose();
        }
    }
}
