using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>The store's cold-read threads. Requests are served in order of arrival; each is one <see cref="LogReader"/>.</summary>
internal sealed class ColdReads : IDisposable
{
    /// <summary>Bytes that one load brings at most (a single run may be a little larger).</summary>
    public const int LoadBytesMax = 1024 * 1024;

    private const int BlockBytes = LoadBytesMax + 4096;
    private const int ThreadCount = 2;

    private readonly object _gate = new();
    private readonly Queue<LogReader> _waiting = new();
    private readonly NativeBlockPool _blocks = new(BlockBytes, keptCountMax: 8);
    private readonly List<Thread> _threads = [];
    private readonly bool _hasThreads;
    private bool _isStopping;
    private long _readCount;

    /// <param name="steps">Does the work in place of threads; null: the threads.</param>
    public ColdReads(IStepRunner? steps)
    {
        _hasThreads = steps is null;
        steps?.Add("cold reads", IsAsked, Step);
    }

    public long ReadCount => Interlocked.Read(ref _readCount);

    public void Enqueue(LogReader reader)
    {
        lock (_gate)
        {
            _waiting.Enqueue(reader);
            if (_hasThreads && _threads.Count < ThreadCount && (_threads.Count == 0 || _waiting.Count > 1))
            {
                Thread thread = new(Serve) { Name = $"ropeway-cold-read-{_threads.Count + 1}", IsBackground = true };
                _threads.Add(thread);
                thread.Start();
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Serves what is waiting, then stops the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        while (Step())
        {
        }

        _blocks.Dispose();
    }

    private bool IsAsked()
    {
        lock (_gate)
        {
            return _waiting.Count > 0;
        }
    }

    /// <summary>Serves one request on the caller's thread, when there are no others.</summary>
    private bool Step()
    {
        bool isAsked = TryTake(mayWait: false, out LogReader? reader);
        if (isAsked)
        {
            Serve(reader!, [], []);
        }

        return isAsked;
    }

    private void Serve()
    {
        List<Run> runs = [];
        List<ColdPiece> pieces = [];
        while (TryTake(mayWait: true, out LogReader? reader))
        {
            Serve(reader!, runs, pieces);
        }
    }

    private void Serve(LogReader reader, List<Run> runs, List<ColdPiece> pieces)
    {
        Interlocked.Increment(ref _readCount);
        try
        {
            ILoadWaiter? waiter;
            do
            {
                waiter = TryServe(reader, runs, pieces);
            }
            while (waiter is null); // Moved meanwhile: look where it is now.

            waiter.OnLoaded();
        }
        catch (Exception fault) // The top of a cold-read thread: the log would never be served again.
        {
            StorageLog.ThreadFailed(reader.Log.Spaces.Logger, fault);
            reader.Log.Spaces.Journal.Fail(fault);
        }
    }

    private bool TryTake(bool mayWait, out LogReader? reader)
    {
        lock (_gate)
        {
            while (!_waiting.TryDequeue(out reader))
            {
                if (_isStopping || !mayWait)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    /// <summary>Serves one request.</summary>
    /// <returns>Whom to tell; null when what was read is not where it was any more.</returns>
    private ILoadWaiter? TryServe(LogReader reader, List<Run> runs, List<ColdPiece> pieces)
    {
        StoredLog log = reader.Log;
        ulong bodyId;
        lock (log.Gate)
        {
            if (reader.IsClosed || log.Quarantine is not null)
            {
                return reader.EndLoad();
            }

            bodyId = Plan(reader, runs);
        }

        NativeBlock block = RentFor(runs);
        NativeBlock? body = null;
        try
        {
            string? bodyFault = null;
            FetchStatus status = runs.Count == 0 ? FetchStatus.Complete : Fetch(log, runs, pieces, block);
            if (status == FetchStatus.Complete && bodyId != 0)
            {
                body = log.Spaces.Bodies.TryRead(bodyId, out bodyFault);
            }

            lock (log.Gate)
            {
                if (reader.IsClosed)
                {
                    return reader.EndLoad();
                }

                if (status != FetchStatus.Complete)
                {
                    return QuarantineUnlessMoved(log, runs[0], reader.LoadOffset) ? reader.EndLoad() : null;
                }

                Install(reader, block, runs.Count > 0 ? pieces : null, bodyId, body);
                if (bodyFault is not null && log.Index.BodyOf(reader.LoadOffset) == bodyId)
                {
                    log.SetQuarantine(bodyFault);
                }

                return reader.EndLoad();
            }
        }
        finally
        {
            body?.Release();
            block.Release();
        }
    }

    private static void Install(LogReader reader, NativeBlock block, List<ColdPiece>? pieces, ulong bodyId, NativeBlock? body)
    {
        if (pieces is not null)
        {
            block.AddReference();
            reader.Install(block, pieces);
        }

        if (body is not null)
        {
            body.AddReference();
            reader.InstallBody(bodyId, body);
        }
    }

    private NativeBlock RentFor(List<Run> runs)
    {
        long bytes = 0;
        foreach (Run run in runs)
        {
            bytes += run.Bytes;
        }

        return bytes > LoadBytesMax / 4 ? _blocks.Rent() : NativeBlock.Allocate((int)Math.Max(bytes, 1)); // One stuck message must not hold a megabyte.
    }

    /// <summary>Chooses what to read, under the gate.</summary>
    /// <returns>The body to read, or 0.</returns>
    private static ulong Plan(LogReader reader, List<Run> runs)
    {
        runs.Clear();
        StoredLog log = reader.Log;
        RunTable? table = log.Index.Runs;
        if (table is null || !log.Index.IsUnsettled(reader.LoadOffset))
        {
            return 0; // Settled meanwhile.
        }

        bool needsRuns = !reader.HasPiece(reader.LoadOffset);
        int place = table.Find(reader.LoadOffset);
        ulong bodyId = reader.WithBodies && place < table.End && table[place].IsExternal ? log.Index.BodyOf(table[place].First) : 0;
        long bytes = 0;
        for (; needsRuns && place < table.End; place++)
        {
            Run run = table[place];
            if (run.Live == 0)
            {
                continue;
            }

            bytes += run.Bytes;
            if (run.Kind is RunKind.Transient or RunKind.Damaged || (runs.Count > 0 && bytes > LoadBytesMax) || IsInMemory(log, run))
            {
                break;
            }

            runs.Add(run);
        }

        return bodyId;
    }

    private static bool IsInMemory(StoredLog log, in Run run) => run.Kind == RunKind.Journal && (long)run.Where >= log.Spaces.Journal.StartPosition;

    private static FetchStatus Fetch(StoredLog log, List<Run> runs, List<ColdPiece> pieces, NativeBlock block)
    {
        pieces.Clear();
        int used = 0;
        int next = 0;
        while (next < runs.Count)
        {
            int count = CountNeighbours(runs, next);
            Span<byte> target = block.Span[used..];
            FetchStatus status = count > 1
                ? FetchNeighbours(log, runs.GetRange(next, count), target, pieces, ref used)
                : FetchOne(log, runs[next], target, pieces, ref used);
            if (status != FetchStatus.Complete)
            {
                return pieces.Count > 0 ? FetchStatus.Complete : status; // What is there can be read; the rest shows when its turn comes.
            }

            next += count;
        }

        return FetchStatus.Complete;
    }

    private static FetchStatus FetchOne(StoredLog log, in Run run, Span<byte> target, List<ColdPiece> pieces, ref int used)
    {
        FetchStatus status = RunFetcher.Fetch(log.Spaces, log.Id, run, target, out int bytes);
        if (status == FetchStatus.Complete)
        {
            pieces.Add(new ColdPiece(run.First, run.End, used, bytes, run.IsDurable));
            used += bytes;
        }

        return status;
    }

    /// <summary>Batches that lie behind each other in one file come with one read.</summary>
    private static FetchStatus FetchNeighbours(StoredLog log, List<Run> runs, Span<byte> target, List<ColdPiece> pieces, ref int used)
    {
        int read;
        try
        {
            using IDiskFile? file = log.Spaces.FilesOf(runs[0].Kind).TryOpen(runs[0].FileId);
            if (file is null)
            {
                return FetchStatus.Gone;
            }

            read = file.Read(target[..(int)(runs[^1].Where + runs[^1].Bytes - runs[0].Where)], runs[0].FilePosition);
        }
        catch (IOException fault)
        {
            StorageLog.ReadFailed(log.Spaces.Logger, log.Id, fault);
            return FetchStatus.Damaged;
        }

        int at = 0;
        foreach (Run run in runs)
        {
            if (at + run.Bytes > read || RunFetcher.Test(log.Id, run, target.Slice(at, (int)run.Bytes), out _) != FetchStatus.Complete)
            {
                return FetchStatus.Damaged;
            }

            pieces.Add(new ColdPiece(run.First, run.End, used, (int)run.Bytes, run.IsDurable));
            at += (int)run.Bytes;
            used += (int)run.Bytes;
        }

        return FetchStatus.Complete;
    }

    private static int CountNeighbours(List<Run> runs, int first)
    {
        int count = 1;
        while (runs[first].IsInFile && first + count < runs.Count
            && runs[first + count].Kind == runs[first].Kind
            && runs[first + count].FileId == runs[first].FileId
            && runs[first + count].Where == runs[first + count - 1].Where + runs[first + count - 1].Bytes)
        {
            count++;
        }

        return count;
    }

    private static bool QuarantineUnlessMoved(StoredLog log, in Run run, long offset)
    {
        RunTable? table = log.Index.Runs;
        int place = table?.Find(offset) ?? 0;
        if (table is null || place == table.End || !table[place].IsSamePlace(run))
        {
            return false;
        }

        log.SetQuarantine($"offsets {run.First} to {run.End} cannot be read: {run.Kind} at {run.FileId}:{run.FilePosition} fails its checksum");
        return true;
    }
}
