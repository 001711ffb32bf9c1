using System.Globalization;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>
/// Copies surviving records into new segment (or spill) files and swaps the runs when a file is finished. Used by the mover's thread
/// only; takes log gates one after the other, never over I/O. A crash in between leaves files that no checkpoint lists.
/// </summary>
internal sealed class RecordMover : IDisposable
{
    private const int BufferBytes = 2 * 1024 * 1024;

    private readonly StoreSpaces _spaces;
    private readonly long _ownFileBytes;
    private readonly long _fileBytesMax;
    private readonly NativeBlock _buffer = NativeBlock.Allocate(BufferBytes);
    private readonly Survivors _survivors = new();
    private readonly List<MovedLog> _inShared = [];
    private SegmentWriter? _shared;
    private SegmentSet? _target;

    /// <param name="spaces">The store's places.</param>
    /// <param name="ownFileBytes">A log with that much to move gets a file of its own.</param>
    /// <param name="fileBytesMax">Size at which a shared file is finished.</param>
    public RecordMover(StoreSpaces spaces, long ownFileBytes, long fileBytesMax)
    {
        _spaces = spaces;
        _ownFileBytes = ownFileBytes;
        _fileBytesMax = fileBytesMax;
    }

    /// <summary>Bytes written to new files since the start.</summary>
    public long MovedBytes { get; private set; }

    /// <summary>Moves all that a plan takes.</summary>
    /// <param name="logs">The logs to look at.</param>
    /// <param name="plan">Which runs.</param>
    /// <returns>True when anything was moved.</returns>
    /// <exception cref="IOException">Nothing is lost: what was not swapped stays where it is.</exception>
    public bool Move(IEnumerable<StoredLog> logs, MovePlan plan)
    {
        bool moved = false;
        _target = plan.Kind is RunKind.Journal or RunKind.Segment ? _spaces.Segments : _spaces.Spills;
        try
        {
            foreach (StoredLog log in logs)
            {
                lock (log.Gate)
                {
                    _survivors.Collect(log, plan);
                }

                if (_survivors.Runs.Count > 0)
                {
                    MoveLog(log, plan);
                    moved = true;
                }
            }

            FinishShared(plan);
            return moved;
        }
        finally
        {
            _shared?.Dispose();
            _shared = null;
            _inShared.Clear();
        }
    }

    public void Dispose() => _buffer.Release();

    private void MoveLog(StoredLog log, MovePlan plan)
    {
        if (_survivors.Bytes >= _ownFileBytes)
        {
            using SegmentWriter own = _target!.Create();
            MovedLog moved = Copy(log, own);
            Finish(own, plan, [moved]);
            return;
        }

        _shared ??= _target!.Create();
        _inShared.Add(Copy(log, _shared));
        if (_shared.Bytes >= _fileBytesMax)
        {
            FinishShared(plan);
        }
    }

    private void FinishShared(MovePlan plan)
    {
        if (_shared is not null)
        {
            Finish(_shared, plan, _inShared);
            _shared.Dispose();
            _shared = null;
            _inShared.Clear();
        }
    }

    private MovedLog Copy(StoredLog log, SegmentWriter writer)
    {
        writer.CloseBatch();
        int firstEntry = writer.Entries.Count;
        List<long> damaged = [];
        int range = 0;
        for (int i = 0; i < _survivors.Runs.Count; i++)
        {
            Run run = _survivors.Runs[i];
            ReadOnlySpan<OffsetRange> ranges = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_survivors.Ranges).Slice(range, _survivors.RangeCounts[i]);
            range += ranges.Length;
            if (RunFetcher.Fetch(_spaces, log.Id, run, _buffer.Span, out int bytes) != FetchStatus.Complete)
            {
                Preserve(log, run);
                damaged.Add(run.First);
                writer.CloseBatch();
                continue;
            }

            CopyRecords(log.Id, run, ranges, bytes, writer, _survivors.Breaks[i]);
        }

        writer.CloseBatch();
        return new MovedLog(log, firstEntry, writer.Entries.Count - firstEntry, damaged);
    }

    private void CopyRecords(ulong logId, in Run run, ReadOnlySpan<OffsetRange> ranges, int bytes, SegmentWriter writer, bool isBreak)
    {
        ReadOnlySpan<byte> memory = _buffer.Span[..bytes];
        BatchCursor cursor = BatchCursor.Before(0, bytes, run.First);
        foreach (OffsetRange range in ranges)
        {
            if (!cursor.MoveTo(memory, logId, range.Start))
            {
                continue; // A gap inside a batch.
            }

            do
            {
                if (isBreak)
                {
                    writer.CloseBatch();
                    isBreak = false;
                }

                ulong bodyId = cursor.IsExternal ? cursor.BodyId : 0;
                (int sharedAt, int sharedBytes) = cursor.IsReferring ? cursor.ReadReference(memory) : default;
                ReadOnlySpan<byte> payload = memory.Slice(cursor.PayloadAt, cursor.PayloadBytes);
                writer.Add(logId, cursor.Current, run.Tag, bodyId, payload, memory.Slice(sharedAt, sharedBytes)); // From now on whole: each log has its own copy.
            }
            while (cursor.Current + 1 < range.End && cursor.MoveTo(memory, logId, cursor.Current + 1));
        }
    }

    private void Finish(SegmentWriter writer, MovePlan plan, List<MovedLog> moved)
    {
        writer.CloseBatch();
        if (writer.Entries.Count > 0)
        {
            _target!.Add(writer.Finish());
            MovedBytes += writer.Bytes;
        }

        foreach (MovedLog log in moved)
        {
            lock (log.Log.Gate)
            {
                RunSwap.Swap(log, plan, writer, _target!);
            }
        }
    }

    /// <summary>Keeps the raw bytes of a run that cannot be read, for a repair by hand.</summary>
    private void Preserve(StoredLog log, in Run run)
    {
        string path = Path.Combine(
            _spaces.Directory,
            StoreFiles.QuarantineDirectory,
            string.Create(CultureInfo.InvariantCulture, $"log-{log.Id}-offset-{run.First}"));
        Span<byte> raw = _buffer.Span[..(int)run.Bytes];
        if (!_spaces.Disk.Exists(path) && RunFetcher.TryReadRaw(_spaces, run, raw))
        {
            DurableFiles.Write(_spaces.Disk, path, raw);
        }
    }
}
