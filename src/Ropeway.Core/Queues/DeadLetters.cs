using System.Runtime.InteropServices;
using Ropeway.Core.Timing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Messages that one queue gives away: taken out of the ready ones under its gate, then sent on pool threads in slices, in their
/// order. Each slice is read under the gate, routed and published without any, settled under the gate again.
/// </summary>
/// <remarks>
/// Never two gates at once, so that queues may dead-letter in a circle. The copies and the settlement are one unit: after a crash a
/// message is here, where it is ready again, or there. What stays (<see cref="EffectiveArguments.KeepsDeadLetters"/>) keeps its place
/// before the others; when nothing of a slice leaves, all wait for a while. As publishers do, they wait while the store has no room.
/// </remarks>
/// <param name="queue">The queue.</param>
/// <param name="services">What it needs of the world.</param>
internal sealed class DeadLetters(Queue queue, QueueServices services) : Timed, IPoolWork, ILoadWaiter, ICommitWaiter
{
    /// <summary>How long letters wait that nobody takes, in milliseconds.</summary>
    public const int RetryMs = 1000;

    private const int SliceMax = 256;
    private const int SlicesPerRun = 16;

    private readonly List<Leaving> _leaving = [];
    private readonly LetterTakers _takers = new();
    private LogReader? _reader;
    private int _next; // In _leaving.
    private bool _isBusy; // Queued, running, or being read for.
    private bool _isWaiting; // For the next try.
    private bool _isClosed;

    /// <summary>Messages that are neither ready nor settled, because they are on their way. Under the gate.</summary>
    public long Count { get; private set; }

    /// <summary>Takes messages that are not ready any more. Under the gate.</summary>
    public void Add(OffsetRange range, DeathReason reason)
    {
        Count += range.End - range.Start;
        AddLast(range.Start, range.End, reason);
        Begin();
    }

    /// <summary>The queue is gone, and with it what was still to be sent. Under the gate.</summary>
    public void Close()
    {
        _isClosed = true;
        services.Deadlines.Cancel(this);
        _reader?.Dispose();
    }

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        lock (queue.Log.Gate)
        {
            _isWaiting = false;
            Begin();
        }
    }

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => queue.OnFault(fault);

    /// <summary>Sends slices, on a pool thread. When that fails, no more are sent; after the restart the letters are ready again.</summary>
    void IPoolWork.Run()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        DeadLetterDesk desk = DeadLetterDesk.Enter();
        bool goesOn = true;
        bool hasFailed = true;
        try
        {
            for (int slice = 0; slice < SlicesPerRun && goesOn; slice++)
            {
                goesOn = !WaitsForRoom() && TakeSlice(desk);
                if (goesOn)
                {
                    SendSlice(desk, dispatch);
                    goesOn = FinishSlice(desk);
                }
            }

            hasFailed = false;
        }
        finally
        {
            desk.Leave();
            if (hasFailed)
            {
                services.Background.End();
            }

            dispatch.Flush();
        }

        if (goesOn)
        {
            services.Pool.Queue(this);
        }
    }

    void ILoadWaiter.OnLoaded() => services.Pool.Queue(this);

    /// <summary>There is room in the store again. While it was waited for, the work did not count as under way: a clean stop does not wait for a disk that is full.</summary>
    void ICommitWaiter.OnCommitted(ulong committedIndex)
    {
        if (services.Background.TryBegin())
        {
            services.Pool.Queue(this);
        }
    }

    /// <returns>True when the work goes on by itself, later.</returns>
    private bool WaitsForRoom()
    {
        bool waits = services.OnRoom(this);
        if (waits)
        {
            services.Background.End();
        }

        return waits;
    }

    /// <summary>Copies the next letters.</summary>
    /// <returns>False when there is none now: all are sent, or they are being read.</returns>
    private bool TakeSlice(DeadLetterDesk desk)
    {
        desk.Clear();
        lock (queue.Log.Gate)
        {
            ReadStatus status = ReadStatus.Gone;
            while (!_isClosed && !services.Background.IsStopping && _next < _leaving.Count && desk.Letters.Count < SliceMax && desk.UsedBytes < DeadLetterDesk.BytesMax)
            {
                Leaving first = _leaving[_next];
                _reader ??= queue.Log.OpenReader(withBodies: false);
                status = _reader.TryRead(first.Start, out RecordView record);
                if (status is ReadStatus.Cold or ReadStatus.Damaged)
                {
                    break;
                }

                if (status == ReadStatus.Found)
                {
                    desk.Add(record, first.Reason);
                    queue.Log.HoldBody(record.BodyId);
                }
                else
                {
                    Count--;
                }

                Advance(first);
            }

            if (desk.Letters.Count > 0)
            {
                _reader!.Unpin();
                return true;
            }

            if (status == ReadStatus.Cold)
            {
                _reader!.Load(_leaving[_next].Start, this);
                return false;
            }

            Rest();
            return false;
        }
    }

    private void Advance(in Leaving first)
    {
        if (first.Start + 1 < first.End)
        {
            _leaving[_next] = first with { Start = first.Start + 1 };
            return;
        }

        _next++;
        if (_next == _leaving.Count || _next > 1024)
        {
            _leaving.RemoveRange(0, _next);
            _next = 0;
        }
    }

    /// <summary>Publishes the letters and settles those that leave.</summary>
    private void SendSlice(DeadLetterDesk desk, DispatchBatch dispatch)
    {
        using AtomicUnit unit = services.BeginUnit();
        desk.Send(queue, services.Deadlines.NowMs, dispatch, unit, _takers);
        var settled = new RangeList();
        for (int i = 0; i < desk.Letters.Count; i++)
        {
            if (!desk.Stays(i))
            {
                settled.Add(desk.Letters[i].Offset, desk.Letters[i].Offset + 1);
            }
        }

        lock (queue.Log.Gate)
        {
            if (!_isClosed)
            {
                queue.Log.Settle(settled.AsSpan(), unit);
            }

            if (queue.Traced is not null)
            {
                services.Tracing.NoteGivenOn(queue, settled.AsSpan());
            }

            Count -= settled.Count; // From now on the log counts them as settling.
        }

        unit.Complete();
    }

    /// <summary>The letters that left are settled; puts the others back to the front.</summary>
    /// <returns>False to wait for the next try.</returns>
    private bool FinishSlice(DeadLetterDesk desk)
    {
        lock (queue.Log.Gate)
        {
            var staying = new List<Leaving>();
            for (int i = 0; i < desk.Letters.Count; i++)
            {
                Letter letter = desk.Letters[i];
                queue.Log.LetBodyGo(letter.BodyId);
                if (desk.Stays(i))
                {
                    staying.Add(new Leaving(letter.Offset, letter.Offset + 1, letter.Reason));
                }
            }

            if (staying.Count > 0)
            {
                _leaving.RemoveRange(0, _next);
                _leaving.InsertRange(0, staying);
                _next = 0;
            }

            int leftCount = desk.Letters.Count - staying.Count;
            if (leftCount > 0 || _isClosed)
            {
                return true;
            }

            _isWaiting = true;
            services.Deadlines.Set(this, services.Deadlines.NowMs + RetryMs);
            Rest();
            return false;
        }
    }

    /// <summary>Has the letters sent, unless that is under way. Under the gate.</summary>
    private void Begin()
    {
        if (!_isBusy && !_isWaiting && !_isClosed && _leaving.Count > 0 && services.Background.TryBegin())
        {
            _isBusy = true;
            services.Pool.Queue(this);
        }
    }

    /// <summary>Ends the work for now. Under the gate.</summary>
    private void Rest()
    {
        _isBusy = false;
        if (!_isClosed)
        {
            _reader?.Trim();
        }

        services.Background.End();
    }

    private void AddLast(long start, long end, DeathReason reason)
    {
        Span<Leaving> leaving = CollectionsMarshal.AsSpan(_leaving);
        if (leaving.Length > _next && leaving[^1].End == start && leaving[^1].Reason == reason)
        {
            leaving[^1] = leaving[^1] with { End = end };
        }
        else
        {
            _leaving.Add(new Leaving(start, end, reason));
        }
    }

    private readonly record struct Leaving(long Start, long End, DeathReason Reason);
}
