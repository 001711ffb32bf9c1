using System.Runtime.InteropServices;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Messages that one queue gives away: taken out of the ready ones under its gate, then sent on pool threads in slices, in their
/// order. Each slice is read under the gate, routed and published without any, settled under the gate again.
/// </summary>
/// <remarks>
/// Never two gates at once, so that queues may dead-letter in a circle. The copies come before the settlement in the journal: a crash
/// between them leaves the message here, where it is ready again.
/// </remarks>
/// <param name="queue">The queue.</param>
/// <param name="services">What it needs of the world.</param>
internal sealed class DeadLetters(Queue queue, QueueServices services) : IThreadPoolWorkItem, ILoadWaiter
{
    private const int SliceMax = 256;
    private const int SlicesPerRun = 16;

    private readonly List<Leaving> _leaving = [];
    private LogReader? _reader;
    private int _next; // In _leaving.
    private bool _isBusy; // Queued, running, or being read for.
    private bool _isClosed;

    /// <summary>Messages that are neither ready nor settled, because they are on their way. Under the gate.</summary>
    public long Count { get; private set; }

    /// <summary>Takes messages that are not ready any more. Under the gate.</summary>
    public void Add(OffsetRange range, DeathReason reason)
    {
        Count += range.End - range.Start;
        Span<Leaving> leaving = CollectionsMarshal.AsSpan(_leaving);
        if (leaving.Length > _next && leaving[^1].End == range.Start && leaving[^1].Reason == reason)
        {
            leaving[^1] = leaving[^1] with { End = range.End };
        }
        else
        {
            _leaving.Add(new Leaving(range.Start, range.End, reason));
        }

        if (!_isBusy && !_isClosed && services.Background.TryBegin())
        {
            _isBusy = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>The queue is gone, and with it what was still to be sent. Under the gate.</summary>
    public void Close()
    {
        _isClosed = true;
        _reader?.Dispose();
    }

    /// <summary>Sends slices, on a pool thread.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        DeadLetterDesk desk = DeadLetterDesk.Enter();
        bool goesOn = true;
        try
        {
            for (int slice = 0; slice < SlicesPerRun && goesOn; slice++)
            {
                goesOn = TakeSlice(desk);
                if (goesOn)
                {
                    desk.Send(queue, services.Deadlines.NowMs, dispatch);
                    SettleSlice(desk);
                }
            }
        }
        catch (Exception fault) when (Durability.IsStoreFailure(fault))
        {
            goesOn = false; // The store tells its owner; after the restart the letters are ready again.
            services.Background.End();
        }
        finally
        {
            desk.Leave();
        }

        dispatch.Flush();
        if (goesOn)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void ILoadWaiter.OnLoaded() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

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

            _isBusy = false;
            if (!_isClosed)
            {
                _reader?.Trim();
            }

            services.Background.End();
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

    private void SettleSlice(DeadLetterDesk desk)
    {
        lock (queue.Log.Gate)
        {
            var settled = new RangeList();
            foreach (Letter letter in desk.Letters)
            {
                settled.Add(letter.Offset, letter.Offset + 1);
                queue.Log.LetBodyGo(letter.BodyId);
            }

            Count -= desk.Letters.Count;
            if (!_isClosed)
            {
                queue.Log.Settle(settled.AsSpan());
            }
        }
    }

    private readonly record struct Leaving(long Start, long End, DeathReason Reason);
}
