using Ropeway.Buffers;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// A tail whose batches are cut into groups: an open one that gathers, and one that the commit thread writes. Appenders call from any
/// thread; what is said to be the commit thread's is called by one thread at a time.
/// </summary>
/// <remarks>A group: [copy of the previous group's directory] [batches] [directory].</remarks>
internal abstract class GroupedTail : TailSpace
{
    private readonly TimeProvider _time;
    private CommitGroup _open = new(); // Under the gate.
    private CommitGroup _cut = new(); // The commit thread's.
    private bool _isRecording = true; // Under the gate: whether what is taken belongs into the open group's directory.

    private protected GroupedTail(JournalOptions options, JournalScanResult scan)
        : base(options, hasFiles: true, scan.EndPosition, scan.NextIndex, scan.Epoch + 1, options.Shard)
    {
        _time = options.Time;
        _open.Cover(scan.Uncovered, scan.EndPosition);
        EntriesPerPart = GroupDirectory.EntryCountMax(BlockBytes);
    }

    /// <summary>Counts what is reserved and not filled, and wakes the commit thread.</summary>
    private protected FillGate Fills { get; } = new();

    private protected int EntriesPerPart { get; }

    /// <summary>The commit thread's: the group that was cut last.</summary>
    private protected CommitGroup Cut => _cut;

    /// <summary>Whether somebody appended since the last cut.</summary>
    private protected bool HasOpenWork
    {
        get
        {
            lock (Gate)
            {
                return _open.HasWork;
            }
        }
    }

    private protected sealed override int AdmitLocked()
    {
        ThrowIfRefusedLocked();
        return _open.Parity;
    }

    private protected override void OnReservedLocked(int parity)
    {
        Fills.Enter(parity);
        if (!_open.HasWork)
        {
            _open.HasWork = true;
            _open.OpenedAt = _time.GetTimestamp();
        }
    }

    private protected sealed override void OnFilled(int parity) => Fills.Leave(parity);

    private protected sealed override void OnTakenLocked(in GroupEntry entry)
    {
        if (_isRecording)
        {
            _open.Entries.Add(entry);
        }
    }

    /// <summary>Under the gate: throws when nothing may be appended.</summary>
    private protected abstract void ThrowIfRefusedLocked();

    /// <summary>Commit thread: everything reserved so far becomes <see cref="Cut"/>, with room for its directory; the next group opens with room for the copy.</summary>
    /// <returns>False when nobody appended.</returns>
    private protected bool TryCut()
    {
        lock (Gate)
        {
            if (!_open.HasWork)
            {
                return false;
            }

            CommitGroup group = _open;
            int parts = (group.Entries.Count + EntriesPerPart - 1) / EntriesPerPart;
            group.DataEnd = NextPositionLocked;
            _isRecording = false;
            TakeParts(group, group.Directories, parts, BatchType.GroupDirectory);
            _isRecording = true;
            group.End = NextPositionLocked;
            group.LastIndex = NextIndexLocked - 1;
            _open = _cut;
            _open.Reset(group.End, group.Parity ^ 1);
            _cut = group;
            TakeParts(group, group.Copies, parts, BatchType.DirectoryCopy);
            return true;
        }
    }

    /// <summary>Commit thread: takes the waiting copy and a synced mark out of an open group that has no work, to be written alone.</summary>
    /// <param name="group">Receives what is to be written. The open group's directory will still name it.</param>
    /// <param name="endMax">The mark must end at or below this position.</param>
    /// <param name="mark">The mark's space, to be filled.</param>
    private protected bool TryCutMark(CommitGroup group, long endMax, out TailReservation mark)
    {
        lock (Gate)
        {
            mark = default;
            if (_open.HasWork || NextPositionLocked + BlockBytes > endMax)
            {
                return false;
            }

            var request = new BatchRequest { Type = BatchType.SyncedMark, PayloadBytes = GroupDirectory.MarkBytes };
            mark = TakeLocked(request, parity: 0);
            WriteHeader(mark, request);
            group.Reset(_open.WriteStart, parity: 0);
            for (int i = _open.WrittenCount; i < _open.Entries.Count; i++)
            {
                group.Entries.Add(_open.Entries[i]);
            }

            group.End = NextPositionLocked;
            group.LastIndex = NextIndexLocked - 1;
            _open.WrittenCount = _open.Entries.Count;
            _open.WriteStart = group.End;
            return true;
        }
    }

    /// <summary>Commit thread: the memory that a cut group is written from.</summary>
    private protected void CollectRanges(CommitGroup group, List<BlockRange> ranges)
    {
        ranges.Clear();
        lock (Gate)
        {
            long position = group.WriteStart;
            while (position < group.End)
            {
                (NativeBlock block, int usedBytes) = BlockAtLocked(position);
                int offset = (int)(position & (BlockBytes - 1));
                long blockPosition = position - offset;
                int end = (int)Math.Min(usedBytes, group.End - blockPosition);
                ranges.Add(new BlockRange(block, position, offset, end - offset));
                position = blockPosition + BlockBytes;
            }
        }
    }

    private void TakeParts(CommitGroup group, List<TailReservation> parts, int partCount, BatchType type)
    {
        for (int part = 0; part < partCount; part++)
        {
            int count = Math.Min(EntriesPerPart, group.Entries.Count - (part * EntriesPerPart));
            var request = new BatchRequest { Type = type, PayloadBytes = GroupDirectory.PayloadBytes(count), Count = count };
            TailReservation reservation = TakeLocked(request, parity: 0);
            WriteHeader(reservation, request);
            parts.Add(reservation);
        }
    }
}
