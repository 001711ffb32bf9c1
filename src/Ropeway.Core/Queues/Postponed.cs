using Ropeway.Core.Delays;
using Ropeway.Core.Timing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// The messages of one queue that came back and wait until they are ready again, at their places. Made when there is the first one;
/// guarded by the queue's gate. What survives a crash stands in their marks, see <see cref="ReturnMark"/>.
/// </summary>
/// <param name="queue">The queue; called when messages are due.</param>
/// <param name="deadlines">Of the whole broker.</param>
internal sealed class Postponed(SharedQueue queue, Deadlines deadlines) : Timed
{
    /// <summary>Most messages that become ready in one go: others want the gate, too.</summary>
    private const int SliceMax = 256;

    private readonly DelayHeap _heap = new();
    private readonly OffsetSet _offsets = new();
    private long _watchedMs = long.MaxValue;

    /// <summary>Messages that wait.</summary>
    public long Count => _offsets.Count;

    /// <summary>The postponed messages of a queue that the store has recovered; null when there is none.</summary>
    public static Postponed? Recover(SharedQueue queue, Deadlines deadlines)
    {
        Postponed? found = null;
        long nowMs = deadlines.NowMs;
        foreach (OffsetMark mark in queue.Log.Marks)
        {
            ReturnMark known = ReturnMark.From(mark.Value);
            if (known.DueMs > nowMs)
            {
                (found ??= new Postponed(queue, deadlines)).Add(mark.Offset, known.DueMs);
            }
        }

        return found;
    }

    /// <summary>Whether a message waits.</summary>
    public bool Contains(long offset) => _offsets.Contains(offset);

    /// <summary>Where the messages are.</summary>
    public OffsetRange[] Ranges() => [.. _offsets.Ranges()];

    /// <summary>A message waits from now on.</summary>
    public void Add(long offset, long dueMs)
    {
        _offsets.Add(offset);
        _heap.Add(new DelayEntry(dueMs, offset));
        Watch();
    }

    /// <summary>Makes messages ready whose time has come.</summary>
    /// <returns>True when there are more of them.</returns>
    public bool Release(ReadySet ready)
    {
        long nowMs = deadlines.NowMs;
        _watchedMs = long.MaxValue; // It may be the deadline that called.
        queue.Count().NoteChange();
        for (int count = 0; _heap.TryPeek(out DelayEntry first) && first.DueMs <= nowMs; count++)
        {
            if (count == SliceMax)
            {
                return true;
            }

            _heap.RemoveFirst();
            _offsets.Remove(first.Id);
            ready.Return(new OffsetRange(first.Id, first.Id + 1));
            ready.Groups?.EndPostponement(first.Id);
        }

        Watch();
        return false;
    }

    /// <summary>None waits any more.</summary>
    public void Clear()
    {
        _offsets.Clear();
        _heap.RemoveAll(static _ => true);
        Stop();
    }

    /// <summary>Nothing becomes ready any more.</summary>
    public void Stop()
    {
        _watchedMs = long.MaxValue;
        deadlines.Cancel(this);
    }

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs) => queue.Run();

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => queue.OnFault(fault);

    private void Watch()
    {
        if (_heap.TryPeek(out DelayEntry first) && first.DueMs < _watchedMs)
        {
            _watchedMs = first.DueMs;
            deadlines.Set(this, first.DueMs);
        }
    }
}
