using Microsoft.Extensions.Logging;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// The store's background thread: empties old journal files into segments, transient memory into spill files, rewrites files that are
/// mostly dead, and takes checkpoints. Signalled by any thread. Want of space is tried again every second; any other error of the disk
/// fails the store.
/// </summary>
internal sealed class Mover : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReclaimDelay = TimeSpan.FromSeconds(5);

    /// <summary>Transient memory that has to be filled for each log that is looked at, to find what may be given back.</summary>
    private const int LookBytesPerLog = 256;

    private readonly object _gate = new();
    private readonly StoreSpaces _spaces;
    private readonly LogCatalog _catalog;
    private readonly CheckpointTaker _checkpoints;
    private readonly RetiredFiles _retired;
    private readonly MoverOptions _options;
    private readonly RecordMover _records;
    private Thread? _thread; // Null before the start, and in simulations.
    private readonly ITimer _timer;
    private List<TaskCompletionSource> _requests = [];
    private List<ICommitWaiter> _roomWaiters = [];
    private long _reclaimedAboveBytes; // Transient memory; from more of it on it is looked what can be given back.
    private Evacuation _evacuation = Evacuation.None;
    private bool _isSignalled;
    private bool _isShort; // The mover's thread: the last cycle found no space.
    private bool _isTimerSet;
    private bool _isStopping;

    public Mover(StoreSpaces spaces, LogCatalog catalog, CheckpointTaker checkpoints, RetiredFiles retired, MoverOptions options)
    {
        _spaces = spaces;
        _catalog = catalog;
        _checkpoints = checkpoints;
        _retired = retired;
        _options = options;
        _records = new RecordMover(spaces, options.OwnFileBytes, options.FileBytesMax);
        _timer = options.Time.CreateTimer(static state => ((Mover)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long MovedBytes => _records.MovedBytes;

    /// <summary>Null, or why transient messages must wait.</summary>
    public string? CongestionReason =>
        _spaces.Transient.MemoryBytes > 2 * _options.TransientBytesMax ? "Transient messages use more memory than they may." : null;

    /// <summary>From now on it works.</summary>
    public void Start()
    {
        if (_spaces.Steps is { } steps)
        {
            steps.Add("mover", IsAsked, Step);
        }
        else
        {
            _thread = new Thread(Serve) { Name = "ropeway-mover", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Something may be to do. Any thread; never waits.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            _isSignalled = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>A file has died; it is looked at in a while.</summary>
    public void SignalLater() => SetTimer(ReclaimDelay);

    /// <summary>Runs a cycle with a checkpoint and waits for it.</summary>
    /// <exception cref="StoreException">There was no space for it.</exception>
    /// <exception cref="StoreFailedException">The store has failed.</exception>
    public void RunCycle()
    {
        TaskCompletionSource request = new();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _requests.Add(request);
            Monitor.Pulse(_gate);
        }

        while (_spaces.Steps is { } steps && !request.Task.IsCompleted)
        {
            steps.RunOther();
        }

#pragma warning disable VSTHRD002 // The mover's own thread completes it; the caller is documented to block.
        request.Task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>Lets the next cycles empty these places and then take a checkpoint. Any thread; never waits.</summary>
    public void Plan(Evacuation evacuation)
    {
        lock (_gate)
        {
            _evacuation = _evacuation.With(evacuation);
        }

        Signal();
    }

    /// <summary>Registers for the end of the transient congestion; false when there is room.</summary>
    public bool OnRoom(ICommitWaiter waiter)
    {
        lock (_gate)
        {
            if (CongestionReason is null)
            {
                return false;
            }

            _roomWaiters.Add(waiter);
            return true;
        }
    }

    /// <summary>Finishes the cycle under way and stops the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        _timer.Dispose();
        _records.Dispose();
    }

    private void Serve()
    {
        while (TryTake(mayWait: true, out List<TaskCompletionSource> requests) && TryRun(requests))
        {
        }
    }

    private bool IsAsked()
    {
        lock (_gate)
        {
            return _isSignalled || _requests.Count > 0;
        }
    }

    /// <summary>What the thread does when it was signalled, on the caller's, when the mover has no thread.</summary>
    private bool Step() => TryTake(mayWait: false, out List<TaskCompletionSource> requests) && TryRun(requests);

    /// <returns>False when the store has failed.</returns>
    private bool TryRun(List<TaskCompletionSource> requests)
    {
        try
        {
            Cycle(isForced: requests.Count > 0);
            requests.ForEach(request => request.SetResult());
            _isShort = false;
        }
        catch (IOException fault) when (Errno.IsShortage(fault))
        {
            if (!_isShort)
            {
                _isShort = true; // A line for each try would fill the disk that is full.
                StorageLog.MoveFailed(_spaces.Logger, fault.Message);
            }

            Refuse(requests, new StoreException(StoreFault.Io, fault.Message, fault));
            SetTimer(RetryDelay);
        }
        catch (Exception fault) // The top of the mover's thread: every other error is final.
        {
            StorageLog.ThreadFailed(_spaces.Logger, fault);
            _spaces.Journal.Fail(fault);
            Refuse(requests, new StoreFailedException(_spaces.Journal.Failure!));
            RefuseFurther();
            return false;
        }

        return true;
    }

    private static void Refuse(List<TaskCompletionSource> requests, Exception fault) => requests.ForEach(request => request.SetException(fault));

    private void RefuseFurther()
    {
        lock (_gate)
        {
            _isStopping = true;
            Refuse(_requests, new StoreFailedException(_spaces.Journal.Failure!));
            _requests.Clear();
        }
    }

    private bool TryTake(bool mayWait, out List<TaskCompletionSource> requests)
    {
        lock (_gate)
        {
            while (!_isSignalled && _requests.Count == 0 && !_isStopping)
            {
                if (!mayWait)
                {
                    requests = [];
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _isSignalled = false;
            (requests, _requests) = (_requests, []);
            return requests.Count > 0 || !_isStopping;
        }
    }

    private void Cycle(bool isForced)
    {
        ReclaimTransient(isForced);
        bool isNeeded = EmptyJournal();
        isNeeded |= Evacuate();
        isNeeded |= Rewrite(_spaces.Segments);
        if (isForced || isNeeded || !_retired.IsEmpty || HasDead())
        {
            _checkpoints.Take();
        }

        if (!_retired.IsEmpty)
        {
            SignalLater(); // They wait for one more checkpoint.
        }
    }

    private bool HasDead() => _spaces.Bodies.HasDead || _spaces.Segments.Live.Any(segment => segment.LiveCount == 0);

    private bool EmptyJournal()
    {
        long fileBytes = _options.JournalFileBytes;
        long start = _checkpoints.StartPosition;
        long current = _spaces.Journal.NextPosition / fileBytes * fileBytes;
        long inUse = ((current - start) / fileBytes) + 1;
        long quarter = Math.Max(1, _options.JournalFiles / 4); // Files that the older of the two checkpoints holds back.
        long wanted = Math.Max(2, _options.JournalFiles - quarter);
        if (inUse < wanted && !_spaces.Journal.IsShortOfFiles)
        {
            return false;
        }

        long emptied = fileBytes * quarter;
        long durable = _spaces.Units.ClosedBelow(_spaces.Journal.DurablePosition); // A segment must not hold what a unit may still take back.
        long below = Math.Max(start + emptied, current + fileBytes - ((wanted * fileBytes) - emptied));
        below = Math.Min(below, durable - (durable % fileBytes));
        for (long step = start + emptied; step - emptied < below; step += emptied) // So that no file becomes larger than that.
        {
            _records.Move(_catalog.Durable, new MovePlan(RunKind.Journal, Math.Min(step, below), Files: null));
        }

        return true;
    }

    /// <summary>Empties what was asked for. What lies in the file that is being written stays planned.</summary>
    private bool Evacuate()
    {
        Evacuation wanted;
        lock (_gate)
        {
            wanted = _evacuation;
        }

        if (wanted.IsNone)
        {
            return false;
        }

        long durable = _spaces.Units.ClosedBelow(_spaces.Journal.DurablePosition);
        long below = Math.Min(wanted.JournalBelow, durable - (durable % _options.JournalFileBytes));
        bool isNeeded = wanted.Segments.Count > 0 || below > _checkpoints.StartPosition;
        _records.Move(_catalog.Durable, new MovePlan(RunKind.Journal, below, Files: null));
        _records.Move(_catalog.Durable, new MovePlan(RunKind.Segment, Below: 0, wanted.Segments));
        lock (_gate)
        {
            long rest = _evacuation.JournalBelow > below ? _evacuation.JournalBelow : 0;
            _evacuation = new Evacuation(rest, new HashSet<uint>(_evacuation.Segments.Except(wanted.Segments)));
        }

        return isNeeded;
    }

    private void ReclaimTransient(bool isForced)
    {
        TailSpace transient = _spaces.Transient;
        if (transient.MemoryBytes <= _reclaimedAboveBytes && !transient.IsOverBudget && _spaces.Spills.Count == 0 && !isForced)
        {
            return;
        }

        long oldest = transient.NextPosition; // Whatever is appended from here on lies above.
        long logCount = 0;
        foreach (StoredLog log in _catalog.All)
        {
            logCount++;
            lock (log.Gate)
            {
                log.TrimIdle();
                oldest = Math.Min(oldest, OldestTransientPosition(log.Index.Runs));
            }
        }

        transient.Drop(oldest);
        if (transient.IsOverBudget)
        {
            long below = transient.NextPosition - (_options.TransientBytesMax / 2);
            below -= below % transient.BlockBytes;
            _records.Move(_catalog.All, new MovePlan(RunKind.Transient, below, Files: null));
            transient.Drop(below);
        }

        // Soon again, so that the same few blocks go round, warm in the cache; but a walk over very many logs must pay.
        long grownBytes = Math.Min(logCount * LookBytesPerLog, _options.TransientBytesMax / 2);
        _reclaimedAboveBytes = transient.MemoryBytes + Math.Max(transient.BlockBytes, grownBytes);
        ReleaseWaiters();
        Rewrite(_spaces.Spills);
        foreach (Segment spill in _spaces.Spills.Live)
        {
            if (spill.LiveCount == 0 && _spaces.Spills.Remove(spill))
            {
                _spaces.Disk.Delete(spill.Path);
            }
        }
    }

    private static long OldestTransientPosition(RunTable? runs)
    {
        if (runs is not { HasTransient: true })
        {
            return long.MaxValue;
        }

        for (int place = runs.Head; place < runs.End; place++)
        {
            if (runs[place].Kind == RunKind.Transient && runs[place].Live > 0)
            {
                return (long)runs[place].Where;
            }
        }

        return long.MaxValue;
    }

    /// <summary>Moves what is alive out of files that are mostly dead, and out of small ones when there are many.</summary>
    private bool Rewrite(SegmentSet files)
    {
        List<Segment> live = [.. files.Live.Where(segment => segment.LiveCount > 0)];
        List<Segment> small = live.FindAll(segment => segment.Bytes < _options.SmallFileBytes);
        HashSet<uint> sources = [];
        long bytes = 0;
        foreach (Segment segment in live)
        {
            bool isSparse = segment.LiveCount * 4 < segment.RecordCount;
            bool isMerged = small.Count > _options.SmallFileCountMax && segment.Bytes < _options.SmallFileBytes;
            if ((isSparse || isMerged) && (bytes += segment.Bytes) <= _options.RewriteBytesMax)
            {
                sources.Add(segment.Id);
            }
        }

        IEnumerable<StoredLog> logs = files.Kind == RunKind.Segment ? _catalog.Durable : _catalog.All;
        return sources.Count > 0 && _records.Move(logs, new MovePlan(files.Kind, Below: 0, sources));
    }

    private void ReleaseWaiters()
    {
        List<ICommitWaiter> released;
        lock (_gate)
        {
            if (_roomWaiters.Count == 0 || CongestionReason is not null)
            {
                return;
            }

            (released, _roomWaiters) = (_roomWaiters, []);
        }

        ulong committed = _spaces.CommittedIndex;
        released.ForEach(waiter => waiter.OnCommitted(committed));
    }

    private void SetTimer(TimeSpan delay)
    {
        lock (_gate)
        {
            if (!_isTimerSet && !_isStopping)
            {
                _isTimerSet = true;
                _timer.Change(delay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _isTimerSet = false;
        }

        Signal();
    }
}
