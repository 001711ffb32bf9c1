using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// Appends, settlements, keepings and marks on any logs of which after a crash either all count or none. Made by <see cref="Store.BeginUnit"/>; used by
/// one thread at a time, which takes the log gates one after the other and ends the unit with <see cref="Complete"/>. Disposed
/// without that it is dropped: what it appended is settled at once, what it settled or kept stays unsettled, and a restart finds the same.
/// </summary>
/// <remarks>
/// Nothing waits for a unit and a unit waits for nothing: a checkpoint keeps the journal from the oldest open unit on. So its owner
/// waits for room (<see cref="Store.OnRoom"/>), for commits and for cold reads before it begins, never in between, and always ends it.
/// Until the end what it appended can be read already, and what it settled, kept or marked is not so yet. A record that a unit settles,
/// keeps or marks is that unit's until the end: nobody else marks, keeps or revives it meanwhile. Journal: the batches carry the unit's id, which is the index of the first of them, in front of
/// their payload; one <see cref="BatchType.UnitEnd"/> closes them.
/// </remarks>
public sealed class AtomicUnit : IDisposable
{
    /// <summary>Bytes in front of the payload of each batch of a unit: u64 id of the unit.</summary>
    internal const int PrefixBytes = 8;

    private const int StepsPerGate = 256;

    private readonly StoreSpaces _spaces;
    private readonly List<UnitStep> _steps = [];
    private readonly List<IUnitWatcher> _watchers = [];
    private ulong _id; // 0: nothing is journalled yet.
    private int _batchCount;
    private bool _isEnded;

    internal AtomicUnit(StoreSpaces spaces)
    {
        _spaces = spaces;
        spaces.Units.Add(this, spaces.Journal);
    }

    /// <summary>Whether it has ended and counts: until its end and when it was dropped it does not.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>All batches of this unit lie at or behind this journal position.</summary>
    internal long Floor { get; set; }

    /// <summary>Its place among the open units.</summary>
    internal int Place { get; set; }

    /// <summary>Ends the unit: its end is journalled, then what it settled and marked is so in memory. No gate may be held; takes those of the logs it settled or marked in.</summary>
    /// <returns>The index to wait for; 0 when nothing of the unit is journalled.</returns>
    /// <exception cref="StoreFailedException">The store has failed before; the unit is not complete.</exception>
    /// <exception cref="InvalidOperationException">The unit has ended before.</exception>
    public ulong Complete()
    {
        ThrowIfEnded();
        ulong index = _id == 0 ? 0 : JournalEnd();
        IsComplete = true;
        Close(isComplete: true);
        TellWatchers(index);
        return index;
    }

    /// <summary>Drops the unit unless it is complete. No gate may be held; takes those of the logs it appended to or was to settle in.</summary>
    public void Dispose()
    {
        if (!_isEnded)
        {
            Close(isComplete: false);
            TellWatchers(0);
        }
    }

    /// <summary>Has a watcher told when the unit has ended, unless the store fails before; once, however often it is named.</summary>
    public void Watch(IUnitWatcher watcher)
    {
        if (!_watchers.Contains(watcher))
        {
            _watchers.Add(watcher);
        }
    }

    /// <summary>A batch was appended. Under the log's gate.</summary>
    internal void OnAppended(StoredLog log, long first, int count) => Add(new UnitStep(log, UnitStepKind.Appended, first, first + count));

    /// <summary>Offsets are to be settled or kept at the end. Under the log's gate.</summary>
    internal void OnSettled(StoredLog log, BatchType change, OffsetRange range) =>
        Add(new UnitStep(log, change == BatchType.Keep ? UnitStepKind.Kept : UnitStepKind.Settled, range.Start, range.End));

    /// <summary>An offset is to be marked at the end. Under the log's gate.</summary>
    internal void OnMarked(StoredLog log, OffsetMark mark) => Add(new UnitStep(log, UnitStepKind.Marked, mark.Offset, mark.Offset + 1, mark.Value));

    /// <summary>Writes the unit's id in front of a payload.</summary>
    /// <param name="reservation">Space that was requested with <see cref="BatchHeader.InUnit"/>.</param>
    internal void WritePrefix(in TailReservation reservation)
    {
        _id = _id == 0 ? reservation.Index : _id;
        _batchCount++;
        BinaryPrimitives.WriteUInt64LittleEndian(reservation.Payload, _id);
    }

    internal void ThrowIfEnded()
    {
        if (_isEnded)
        {
            throw new InvalidOperationException("The unit has ended.");
        }
    }

    private void TellWatchers(ulong index)
    {
        foreach (IUnitWatcher watcher in _watchers)
        {
            watcher.OnUnitEnded(this, index);
        }

        _watchers.Clear();
    }

    private ulong JournalEnd()
    {
        TailReservation end = _spaces.Journal.Reserve(new BatchRequest
        {
            Type = BatchType.UnitEnd,
            PayloadBytes = 0,
            FirstOffset = (long)_id, // In the header, so that the directory names it when the record is damaged.
            Count = _batchCount,
        });
        _spaces.Journal.Filled(end);
        return end.Index;
    }

    private void Add(in UnitStep step)
    {
        if (_steps.Count > 0)
        {
            ref UnitStep last = ref CollectionsMarshal.AsSpan(_steps)[^1];
            if (last.Log == step.Log && last.Kind == step.Kind && last.End == step.Start && step.Kind != UnitStepKind.Marked)
            {
                last = last with { End = step.End };
                return;
            }
        }

        _steps.Add(step);
    }

    /// <summary>Brings the memory to what the journal says. Only then may a checkpoint leave the unit's batches behind.</summary>
    private void Close(bool isComplete)
    {
        _isEnded = true;
        for (int next = 0; next < _steps.Count;)
        {
            StoredLog log = _steps[next].Log;
            if (!HasEffect(_steps[next].Kind, isComplete))
            {
                next++; // Without its gate, which others may be busy with.
                continue;
            }

            lock (log.Gate)
            {
                int end = Math.Min(_steps.Count, next + StepsPerGate);
                for (; next < end && _steps[next].Log == log; next++)
                {
                    if (HasEffect(_steps[next].Kind, isComplete))
                    {
                        Apply(_steps[next], isComplete);
                    }
                }
            }
        }

        _steps.Clear();
        _spaces.Units.Remove(this);
    }

    private static bool HasEffect(UnitStepKind kind, bool isComplete) =>
        kind is UnitStepKind.Settled or UnitStepKind.Kept || isComplete == (kind == UnitStepKind.Marked);

    private void Apply(in UnitStep step, bool isComplete)
    {
        switch (step.Kind)
        {
            case UnitStepKind.Marked:
                step.Log.Index.Mark(step.Start, step.Mark);
                break;
            case UnitStepKind.Settled:
                step.Log.EndSettling(BatchType.Settle, step.Start, step.End, isComplete);
                break;
            case UnitStepKind.Kept:
                step.Log.EndSettling(BatchType.Keep, step.Start, step.End, isComplete);
                break;
            default:
                step.Log.Index.Settle(step.Start, step.End, _spaces);
                break;
        }
    }
}
