using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// The shard's durable log: a tail whose groups one thread writes and syncs. Appenders, readers and waiters may call from any thread; see
/// <see cref="TailSpace"/> for reserving. The first write or sync error is final: nobody is released any more, every append throws the
/// first cause. What was committed survives a crash; what was only reserved may or may not.
/// </summary>
/// <remarks>
/// While one group is written the next one gathers. Lock order: the tail's gate, then the locks of congestion, file indexes or the block
/// pool; those of files and waiters are taken alone.
/// </remarks>
internal sealed class Journal : GroupedTail, IShardLog
{
    private const int TinyGroupBytes = 64 * 1024;
    private const int MarkDelayMs = 10;
    private static readonly TimeSpan ShortageRetryDelay = TimeSpan.FromSeconds(1);

    private readonly JournalOptions _options;
    private readonly JournalFiles _files;
    private readonly GroupWriter _writer;
    private readonly CommitWaiters _waiters;
    private readonly Congestion _congestion;
    private readonly FileIndexes _fileIndexes = new();
    private readonly CommitGroup _markGroup = new();
    private readonly Signal _fileWork = new();
    private Thread? _commitThread; // Null before the start, and in simulations.
    private Thread? _fileThread; // As above.
    private readonly ITimer _shortageTimer;
    private bool _isCutPending;
    private long _durablePosition;
    private uint _sealedEpoch; // Under the gate.
    private Exception? _failure;
    private bool _isMarked;
    private bool _isTiny; // The group that is being written.
    private volatile bool _isStopping;
    private volatile bool _isStopped;

    private Journal(JournalOptions options, JournalScanResult scan, JournalFiles files)
        : base(options, scan)
    {
        _options = options;
        _files = files;
        _files.OnWork = _fileWork.Set;
        _writer = new GroupWriter(files, scan.EndPosition);
        _waiters = new CommitWaiters(scan.NextIndex - 1);
        _durablePosition = scan.EndPosition;
        _congestion = new Congestion(files, options.UnsyncedBytesMax);
        for (int i = 0; i < scan.FileFirstIndexes.Count; i++)
        {
            _fileIndexes.Add((scan.StartPosition / options.FileBytes) + i, scan.FileFirstIndexes[i]);
        }

        _shortageTimer = options.Time.CreateTimer(static state => ((Signal)state!).Set(), _fileWork, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        UpdateCongestion();
    }

    /// <inheritdoc/>
    public ulong CommittedIndex => _waiters.CommittedIndex;

    /// <inheritdoc/>
    public uint Epoch => WriterEpoch;

    /// <summary>Everything below is durable.</summary>
    public long DurablePosition => Volatile.Read(ref _durablePosition);

    /// <summary>Start of the oldest live file.</summary>
    public long LiveStartPosition => _files.LiveStartPosition;

    /// <summary>Files from the oldest live one to the one being written.</summary>
    public int LiveFileCount => _files.LiveCount;

    /// <summary>All files: live, ready and to be recycled.</summary>
    public int FileCount => _files.TotalCount;

    /// <summary>No further file can be made at the moment: the disk is full, or there are as many as there may be.</summary>
    public bool IsShortOfFiles => _files.Shortage is not null;

    /// <summary>Why the file system gives no space for a further file; null while it does.</summary>
    public string? SpaceShortage => _files.SpaceShortage;

    /// <summary>Why publishers must wait; null when there is room. Settlements, horizons and metadata never wait.</summary>
    public string? CongestionReason => _congestion.Reason;

    /// <summary>The first write or sync error; null while all is well.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public long CommitCount { get; private set; }

    /// <summary>From the first append of a group to its being durable.</summary>
    public DurationHistogram CommitTimes { get; } = new();

    /// <summary>Of writing and syncing a group.</summary>
    public DurationHistogram SyncTimes { get; } = new();

    public long SyncCount => _writer.SyncCount;

    public long WrittenBytes => _writer.WrittenBytes;

    /// <summary>Goes on where recovery ended: a new epoch is durable when this returns.</summary>
    /// <exception cref="StoreException">Kind Io: the disk refused.</exception>
    public static Journal Start(JournalOptions options, JournalScanResult scan)
    {
        if (options.FileBytes % options.Blocks.BlockBytes != 0)
        {
            throw new ArgumentException("A journal file must be a whole number of blocks.", nameof(options));
        }

        Journal? journal = null;
        JournalFiles? files = null;
        try
        {
            files = JournalFiles.Open(options, scan.StartPosition, scan.EndPosition);
            files.Rewrite(scan.SyncedPosition, scan.EndPosition);
            journal = new Journal(options, scan, files);
            journal.BeginEpoch();
            return journal;
        }
        catch (IOException exception)
        {
            journal?.Dispose();
            files?.Dispose();
            throw new StoreException(StoreFault.Io, exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public ulong Append(in ShardBatch batch)
    {
        lock (Gate)
        {
            ThrowIfSealedLocked(batch.Epoch);
        }

        var request = new BatchRequest
        {
            Type = batch.Type,
            PayloadBytes = batch.Payload.Length,
            LogId = batch.LogId,
            FirstOffset = batch.FirstOffset,
            Count = batch.Count,
            Tag = batch.Tag,
            Flags = batch.Flags,
        };
        TailReservation reservation = Reserve(request);
        batch.Payload.CopyTo(reservation.Payload);
        Filled(reservation);
        return reservation.Index;
    }

    /// <inheritdoc/>
    public ShardReadStatus ReadFrom(ulong index, IShardReader reader)
    {
        ulong committed = CommittedIndex;
        if (index > committed)
        {
            return ShardReadStatus.Complete;
        }

        if (!_fileIndexes.TryFind(index, out long number))
        {
            return ShardReadStatus.TooOld;
        }

        using var walk = new JournalWalk(this);
        return walk.Run(number * _options.FileBytes, index, committed, reader);
    }

    /// <inheritdoc/>
    public bool OnCommitted(ulong index, ICommitWaiter waiter) => _waiters.Register(index, waiter);

    /// <summary>Calls the waiter once when the congestion ends, on a thread of the journal. After a failure it is never called.</summary>
    /// <returns>False when there is room now; the waiter is then not registered.</returns>
    public bool OnRoom(ICommitWaiter waiter) => _congestion.Register(waiter);

    /// <inheritdoc/>
    public void Seal(uint epoch)
    {
        lock (Gate)
        {
            _sealedEpoch = Math.Max(_sealedEpoch, epoch);
        }
    }

    /// <summary>First index in the live file that holds a position: what a checkpoint stores beside its start position.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No batch was ever written to that file, or it was recycled.</exception>
    public ulong FirstIndexOfFile(long position) => _fileIndexes.TryGet(position / _options.FileBytes, out ulong index)
        ? index
        : throw new ArgumentOutOfRangeException(nameof(position), position, "No live journal file starts there.");

    /// <summary>Keeps the live file that holds a position. False when it was recycled or is not written yet.</summary>
    public bool TryPinFile(long position, out JournalFilePin pin) => _files.TryPin(position, out pin);

    /// <summary>Gives back the files that lie wholly below a position; call it after the checkpoint that makes them needless is durable.</summary>
    public void Recycle(long belowPosition)
    {
        _files.Retire(belowPosition);
        _fileIndexes.RemoveBelow(_files.LiveStartPosition / _options.FileBytes);
        _fileWork.Set();
    }

    /// <summary>Commits what is reserved now, on the caller's thread, when the journal has no threads of its own.</summary>
    /// <returns>False when there was nothing to do, no file to write to, or the journal has failed.</returns>
    public bool RunCommit()
    {
        try
        {
            return Failure is null && CommitOne();
        }
        catch (Exception exception) // The top of the commit thread's work: every error is final.
        {
            Fail(exception);
            return false;
        }
    }

    /// <summary>Writes the synced mark unless it is there already or work came in.</summary>
    /// <returns>False when it was not written.</returns>
    public bool RunMark()
    {
        try
        {
            return Failure is null && !_isMarked && TryCommitMark();
        }
        catch (Exception exception) // The top of the commit thread's work: every error is final.
        {
            Fail(exception);
            return false;
        }
    }

    /// <summary>Prepares and recycles files, on the caller's thread, when the journal has no threads of its own.</summary>
    public void RunFileWork()
    {
        try
        {
            if (!_files.RunWork())
            {
                _shortageTimer.Change(ShortageRetryDelay, Timeout.InfiniteTimeSpan);
                _options.OnLiveFilesChanged?.Invoke(); // Emptying old files may be what helps.
            }

            UpdateCongestion();
        }
        catch (Exception exception) // The top of the file thread's work: every error is final.
        {
            Fail(exception);
        }
    }

    /// <summary>Gives the work of a journal that has no threads of its own to who does it.</summary>
    public void AddSteps(IStepRunner steps)
    {
        steps.Add("commit", () => Failure is null && (!_isMarked || HasWork()), () => RunCommit() || RunMark());
        steps.Add("journal files", () => Failure is null && !_isStopping && _fileWork.IsSet, TryRunFileWork);
        _fileWork.Set();
    }

    /// <summary>Takes no more appends, makes everything reserved durable, writes the synced mark and stops the threads. Reading goes on until it is disposed.</summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopping = true;
        _files.StopMaking();
        Fills.Wake();
        _fileWork.Set();
        _commitThread?.Join();
        _fileThread?.Join();
        while (RunCommit())
        {
        }

        RunMark();
        _isStopped = true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Stop();
        _shortageTimer.Dispose();
        _files.Dispose();
        _writer.Dispose();
        base.Dispose(disposing);
    }

    private protected override void ThrowIfRefusedLocked()
    {
        if (_failure is not null)
        {
            throw new StoreFailedException(_failure);
        }

        ObjectDisposedException.ThrowIf(_isStopping, this);
        ThrowIfSealedLocked(WriterEpoch);
    }

    private protected override void OnReservedLocked(int parity)
    {
        base.OnReservedLocked(parity);
        if (NextPositionLocked >= _congestion.CheckPosition)
        {
            _congestion.Check(NextPositionLocked, _durablePosition);
        }
    }

    private protected override void OnBlockStartLocked(long position, ulong index)
    {
        if (position % _options.FileBytes == 0)
        {
            _fileIndexes.Add(position / _options.FileBytes, index);
        }
    }

    private void BeginEpoch()
    {
        Filled(Reserve(new BatchRequest { Type = BatchType.Epoch, PayloadBytes = 0 }));
        if (!RunCommit())
        {
            throw new IOException(Failure?.Message ?? _files.Shortage ?? "The journal has no file to write to.", Failure);
        }

        if (_options.OwnThreads)
        {
            _commitThread = new Thread(CommitLoop) { Name = "ropeway-commit", IsBackground = true };
            _fileThread = new Thread(FileLoop) { Name = "ropeway-journal-files", IsBackground = true };
            _commitThread.Start();
            _fileThread.Start();
        }
    }

    private void CommitLoop()
    {
        while (Failure is null)
        {
            if (HasWork())
            {
                RunCommit();
                continue;
            }

            if (_isStopping)
            {
                return;
            }

            Fills.BeginIdle();
            bool isWoken = HasWork() || _isStopping || Fills.WaitIdle(_isMarked ? Timeout.Infinite : MarkDelayMs);
            Fills.EndIdle();
            if (!isWoken)
            {
                RunMark();
            }
        }
    }

    private void FileLoop()
    {
        while (Failure is null && !_isStopping)
        {
            RunFileWork();
            _fileWork.Wait(Timeout.Infinite);
        }
    }

    private bool TryRunFileWork()
    {
        bool isAsked = _fileWork.Wait(timeoutMs: 0);
        if (isAsked)
        {
            RunFileWork();
        }

        return isAsked;
    }

    private bool HasWork() => _isCutPending || HasOpenWork;

    private bool CommitOne()
    {
        if (!_isCutPending)
        {
            if (!TryCut())
            {
                return false;
            }

            _isCutPending = true;
            GroupWriter.FillDirectories(Cut, _durablePosition, EntriesPerPart);
        }

        if (!AcquireFiles(Cut.End))
        {
            return false;
        }

        _isTiny = Cut.End - Cut.WriteStart < TinyGroupBytes;
        Fills.WaitUntilFilled(Cut.Parity);
        long startedAt = _options.Time.GetTimestamp();
        Write(Cut);
        _isCutPending = false;
        _isMarked = false;
        CommitCount++;
        long endedAt = _options.Time.GetTimestamp();
        SyncTimes.Add(_options.Time.GetElapsedTime(startedAt, endedAt));
        CommitTimes.Add(_options.Time.GetElapsedTime(Cut.OpenedAt, endedAt));
        return true;
    }

    private bool TryCommitMark()
    {
        if (_isCutPending || !TryCutMark(_markGroup, _files.AvailableEnd, out TailReservation mark)) // Nobody waits for a mark, and it waits for nothing.
        {
            return false;
        }

        GroupWriter.FillMark(mark, _durablePosition);
        AcquireFiles(_markGroup.End);
        Write(_markGroup);
        _isMarked = true;
        return true;
    }

    private bool AcquireFiles(long endPosition)
    {
        int liveCount = _files.LiveCount;
        if (_files.AcquireForWrite(endPosition - 1, mayWait: _commitThread is not null) is null)
        {
            return _commitThread is not null ? throw new IOException("The journal was stopped while it waited for a file.") : false;
        }

        if (_files.LiveCount != liveCount)
        {
            _fileWork.Set();
            _options.OnLiveFilesChanged?.Invoke();
        }

        return true;
    }

    private void Write(CommitGroup group)
    {
        CollectRanges(group, _writer.Ranges);
        _writer.Seal(group);
        _writer.WriteAndSync();
        Publish(group.End, group.LastIndex);
    }

    private void Publish(long end, ulong lastIndex)
    {
        Volatile.Write(ref _durablePosition, end);
        _waiters.Commit(lastIndex, isTiny: _isTiny);
        while (EvictOne(end) is { } block)
        {
            block.Release();
        }

        KeepSpare();
        UpdateCongestion();
    }

    private void UpdateCongestion() => _congestion.Refresh(NextPosition, DurablePosition, CommittedIndex);

    /// <summary>Latches a first cause, the journal's own or the store's: nothing is appended or committed afterwards.</summary>
    internal void Fail(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _failure, cause, null) is not null)
        {
            return;
        }

        _waiters.Fail(cause);
        _congestion.Fail();
        _files.StopMaking();
        _fileWork.Set();
        Fills.Wake();
        _options.OnFailed?.Invoke(cause);
    }

    private void ThrowIfSealedLocked(uint epoch)
    {
        if (epoch < _sealedEpoch)
        {
            Throw(epoch, _sealedEpoch);
        }

        [DoesNotReturn]
        static void Throw(uint epoch, uint sealedEpoch) =>
            throw new StoreException(StoreFault.Sealed, $"Epoch {epoch} may not append any more: epoch {sealedEpoch} has taken over.");
    }
}
