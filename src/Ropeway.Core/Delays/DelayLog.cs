using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Storage;

namespace Ropeway.Core.Delays;

/// <summary>
/// The messages of one virtual host that wait for their time, in a log of their own that nobody sees. When a message is due it is
/// routed and appended to its queues, where it takes its offsets, and settled here. Made with the first such message; any thread
/// may call it; all state is guarded by the log's gate.
/// </summary>
/// <remarks>
/// In memory a message is its time and its number; what it says is read when it is due. After a crash the log is read through once; until
/// that is done nothing is passed on, so that what was due meanwhile goes in the order of its times. Persistent messages survive a restart.
/// A slice of them is passed on in one unit: after a crash each is either here or in all its queues.
/// </remarks>
public sealed class DelayLog : Timed, ITracedPlace, IPoolWork, ILoadWaiter, ICommitWaiter
{
    private const int CancelledMin = 1024;

    private readonly VirtualHost _host;
    private readonly StoredLog _log;
    private readonly QueueServices _services;
    private readonly DelayHeap _waiting = new();
    private readonly DueMessages _due;
    private readonly LogReader _reader;
    private readonly long _recoveredEnd;
    private long _recoveredTo;
    private int _cancelledCount;
    private bool _isBusy; // The work item is queued, runs, or waits for the disk.
    private bool _isClosed;
    private Exception? _fault; // The first; written once, by any thread.
    private TracedStays? _traced;

    internal DelayLog(VirtualHost host, StoredLog log, QueueServices services)
    {
        _host = host;
        _log = log;
        _services = services;
        _due = new DueMessages(host, this);
        lock (log.Gate)
        {
            _reader = log.OpenReader(withBodies: false);
            _recoveredTo = log.StartOffset;
            _recoveredEnd = log.EndOffset;
            WatchFirst();
        }
    }

    /// <summary>Messages that wait.</summary>
    public long Count
    {
        get
        {
            lock (_log.Gate)
            {
                return _log.UnsettledCount;
            }
        }
    }

    /// <summary>Where the messages lie.</summary>
    internal StoredLog Log => _log;

    /// <summary>The id of the log in the store.</summary>
    internal ulong LogId => _log.Id;

    /// <inheritdoc/>
    string ITracedPlace.Name => $"delayed messages of {_host.Name}";

    /// <inheritdoc/>
    TracedStays? ITracedPlace.Traced
    {
        get => Traced;
        set => Volatile.Write(ref _traced, value);
    }

    /// <summary>Those of its messages that are traced; null for none.</summary>
    internal TracedStays? Traced => Volatile.Read(ref _traced);

    /// <summary>Waiting messages in the order of their times. Looks at all of them, with publishers of delayed messages waiting meanwhile: milliseconds per million.</summary>
    /// <param name="after">The last of the page before, or <see cref="DelayEntry.First"/>.</param>
    /// <param name="countMax">How many at most, from 1.</param>
    public IReadOnlyList<DelayEntry> List(DelayEntry after, int countMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        lock (_log.Gate)
        {
            return _waiting.ListAfter(after, countMax, IsGone);
        }
    }

    /// <summary>Takes a message away before it is due.</summary>
    /// <param name="id">Its number, see <see cref="DelayEntry.Id"/>.</param>
    /// <param name="index">The commit index the removal is durable at; 0 when nothing had to be written.</param>
    /// <returns>False when it does not wait (any more).</returns>
    public bool TryCancel(long id, out ulong index)
    {
        index = 0;
        lock (_log.Gate)
        {
            if (_isClosed || IsSettled(id) || _due.Contains(id))
            {
                return false;
            }

            index = _log.Settle([new OffsetRange(id, id + 1)]);
            TraceLeaving([new OffsetRange(id, id + 1)]);
            if (++_cancelledCount > Math.Max(CancelledMin, _waiting.Count / 2))
            {
                _waiting.RemoveAll(IsGone);
                _cancelledCount = 0;
            }

            return true;
        }
    }

    /// <summary>Has a message go on at once. Looks at all that wait, as <see cref="List"/> does; a restart before it has gone has it wait for its time again.</summary>
    /// <param name="id">Its number, see <see cref="DelayEntry.Id"/>.</param>
    /// <returns>False when it does not wait (any more), or its time was not read yet after the start.</returns>
    public bool TrySendNow(long id)
    {
        lock (_log.Gate)
        {
            bool isUnread = id >= _recoveredTo && id < _recoveredEnd;
            if (_isClosed || isUnread || IsSettled(id) || _due.Contains(id))
            {
                return false;
            }

            _waiting.RemoveAll(entry => entry.Id == id);
            _waiting.Add(new DelayEntry(_services.Deadlines.NowMs, id));
            if (!_isBusy)
            {
                WatchFirst();
            }

            return true;
        }
    }

    /// <summary>Keeps messages until they are due.</summary>
    /// <param name="batch">The batch they are in.</param>
    /// <param name="items">Which of it.</param>
    /// <param name="source">The received bytes that items without a block refer to.</param>
    /// <param name="unit">What the appends belong to, or null.</param>
    /// <returns>The commit index they are durable at; 0 when none has to be.</returns>
    internal ulong Append(PublishBatch batch, ReadOnlySpan<DelayedItem> items, ReadOnlySpan<byte> source, AtomicUnit? unit)
    {
        ulong index = 0;
        lock (_log.Gate)
        {
            if (_isClosed)
            {
                return 0; // The virtual host was deleted, and these with it.
            }

            if (_log.Quarantine is not null || Volatile.Read(ref _fault) is not null)
            {
                Reject(batch, items);
                return 0;
            }

            var append = new DelayAppend(_log, batch, source, unit);
            while (!items.IsEmpty)
            {
                ReadOnlySpan<DelayedItem> run = items;
                long id = append.AddRun(ref items, out ulong runIndex);
                index = Math.Max(index, runIndex);
                if (batch.Traced is not null)
                {
                    _services.Tracing.NoteDelayed(this, batch, run[..^items.Length], id);
                }

                foreach (DelayedItem item in run[..^items.Length])
                {
                    _waiting.Add(new DelayEntry(item.DueMs, id++));
                }
            }

            if (!_isBusy)
            {
                WatchFirst();
            }
        }

        return index;
    }

    /// <summary>The virtual host is deleted, or the broker has stopped its background work: nothing is passed on any more.</summary>
    internal void Close()
    {
        lock (_log.Gate)
        {
            _isClosed = true;
            TraceLeaving([new OffsetRange(0, _log.EndOffset)]);
            _services.Deadlines.Cancel(this);
            _reader.Dispose();
        }
    }

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        lock (_log.Gate)
        {
            if (_isBusy || _isClosed)
            {
                return;
            }

            _isBusy = true;
        }

        Continue();
    }

    /// <inheritdoc/>
    /// <remarks>What waits stays, and is passed on after the next start; new messages are refused.</remarks>
    public override void OnFault(Exception fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, comparand: null) is null)
        {
            _services.Pool.Queue(static delays => QueueLog.DelaysFailed(delays._services.Logger, delays._fault!, delays._host.Name), this);
        }
    }

    /// <summary>Passes on what is due, slice by slice, until there is no more or the disk is waited for.</summary>
    void IPoolWork.Run()
    {
        try
        {
            while (!_services.Background.IsStopping && !_services.OnRoom(this) && TryCollect())
            {
                PassOn();
            }
        }
        finally
        {
            _services.Background.End();
        }
    }

    void ILoadWaiter.OnLoaded() => Continue();

    void ICommitWaiter.OnCommitted(ulong committedIndex) => Continue();

    private static void Reject(PublishBatch batch, ReadOnlySpan<DelayedItem> items)
    {
        foreach (DelayedItem item in items)
        {
            batch[item.Index].IsRejected = true;
        }
    }

    /// <summary>Queues the work item, unless the broker is stopping.</summary>
    private void Continue()
    {
        if (_services.Background.TryBegin())
        {
            _services.Pool.Queue(this);
        }
    }

    private bool IsSettled(long id) => id < 0 || _log.NextUnsettled(id) != id || id >= _log.EndOffset;

    private bool IsGone(DelayEntry entry) => IsSettled(entry.Id);

    /// <summary>Fills the slice.</summary>
    /// <returns>False when nothing is to be passed on for now.</returns>
    private bool TryCollect()
    {
        lock (_log.Gate)
        {
            if (_isClosed)
            {
                return false;
            }

            bool isAwaited = !TryRecover() || !TryTakeDue();
            _reader.Unpin();
            if (_due.Count > 0)
            {
                return true;
            }

            if (!isAwaited)
            {
                _isBusy = false;
                _reader.Trim();
                _due.Trim();
                WatchFirst();
            }

            return false;
        }
    }

    /// <summary>Reads the times of what the last process has left.</summary>
    /// <returns>False when the disk is waited for, or the log is damaged.</returns>
    private bool TryRecover()
    {
        for (; _recoveredTo < _recoveredEnd; _recoveredTo = Math.Min(_recoveredEnd, _log.NextUnsettled(_recoveredTo + 1)))
        {
            if (!TryRead(_recoveredTo, out RecordView record))
            {
                return false;
            }

            if (DelayRecord.TryRead(record.Payload, out DelayRecord delayed)) // False for a record that is gone.
            {
                _waiting.Add(new DelayEntry(delayed.DueMs, record.Offset));
            }
        }

        return true;
    }

    /// <summary>Copies messages that are due.</summary>
    /// <returns>False when the disk is waited for, or the log is damaged.</returns>
    private bool TryTakeDue()
    {
        long nowMs = _services.Deadlines.NowMs;
        while (!_due.IsFull && _waiting.TryPeek(out DelayEntry first) && first.DueMs <= nowMs)
        {
            if (!TryRead(first.Id, out RecordView record))
            {
                return false;
            }

            _waiting.RemoveFirst();
            if (!record.Payload.IsEmpty)
            {
                _due.Add(_log, record);
            }
        }

        return true;
    }

    /// <summary>Reads a record; one that is gone is empty.</summary>
    /// <returns>False when it is not at hand: unless messages wait in the slice to be passed on first, the disk is asked for it.</returns>
    private bool TryRead(long offset, out RecordView record)
    {
        ReadStatus status = _reader.TryRead(offset, out record);
        if (status == ReadStatus.Cold && _due.Count == 0)
        {
            _reader.Load(offset, this);
        }

        return status is ReadStatus.Found or ReadStatus.Gone;
    }

    private void PassOn()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            using (AtomicUnit unit = _services.BeginUnit())
            {
                _due.Publish(_services.Deadlines.NowMs, dispatch, unit);
                lock (_log.Gate)
                {
                    _log.Settle(_isClosed ? [] : _due.Taken, unit);
                    TraceLeaving(_due.Taken);
                }

                unit.Complete();
            }

            lock (_log.Gate)
            {
                _due.Clear(_log);
            }
        }
        finally
        {
            dispatch.Flush();
        }
    }

    /// <summary>Messages wait no more: said to the life lines of those that are traced. Under the gate.</summary>
    private void TraceLeaving(ReadOnlySpan<OffsetRange> ids)
    {
        if (Traced is not null)
        {
            _services.Tracing.NoteGivenOn(this, ids);
        }
    }

    private void WatchFirst()
    {
        if (_recoveredTo < _recoveredEnd)
        {
            _services.Deadlines.Set(this, 0);
        }
        else if (_waiting.TryPeek(out DelayEntry first))
        {
            _services.Deadlines.Set(this, first.DueMs);
        }
    }
}
