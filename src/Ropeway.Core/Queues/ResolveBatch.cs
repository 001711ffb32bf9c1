using System.Runtime.InteropServices;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Settled and returned messages and woken consumers that one read of a connection brought, grouped by queue so that each
/// queue's gate is taken once. Owned by one session, used by one thread at a time; allocates nothing once it has grown.
/// </summary>
public sealed class ResolveBatch
{
    private readonly Dictionary<Queue, QueueShare> _shares = [];
    private readonly List<QueueShare> _used = [];
    private readonly Stack<QueueShare> _free = [];
    private readonly List<Consumer> _inTurn = [];
    private QueueShare? _last;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => _used.Count == 0 && _inTurn.Count == 0;

    /// <summary>Adds delivered messages that are done with.</summary>
    public void Settle(Queue queue, long start, long end) => ShareOf(queue).Settled.Add(start, end);

    /// <summary>Adds delivered messages that their consumer refused: they are dead-lettered, or done with.</summary>
    public void Reject(Queue queue, long start, long end)
    {
        if (queue.Effective.DeadLetterExchange is null && queue.Effective.AckRetentionMs is null)
        {
            QueueShare share = ShareOf(queue);
            share.Settled.Add(start, end);
            share.RefusedCount += end - start;
        }
        else
        {
            ShareOf(queue).Rejected.Add(start, end);
        }
    }

    /// <summary>Adds delivered messages that become ready again.</summary>
    public void Return(Queue queue, long start, long end) => ShareOf(queue).Returned.Add(start, end);

    /// <summary>Adds delivered messages that become ready again because their consumer failed with them, or is gone.</summary>
    public void Fail(Queue queue, long start, long end)
    {
        QueueShare share = ShareOf(queue);
        (queue.Effective.Retry is null ? share.Returned : share.Failed).Add(start, end);
    }

    /// <summary>Adds a consumer whose waiting flag was cleared.</summary>
    public void Wake(Consumer consumer) => ShareOf(consumer.Queue).Woken.Add(consumer);

    /// <summary>
    /// Adds a consumer whose waiting flag was cleared and who shares its credit with others: these are woken one after the other in
    /// the order of this call, after everything else.
    /// </summary>
    public void WakeInTurn(Consumer consumer) => _inTurn.Add(consumer);

    /// <summary>Does it all, queue by queue, and forgets it. No gate may be held.</summary>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <returns>The commit index all settlements are durable at; 0 when nothing had to be written.</returns>
    public ulong Resolve(DispatchBatch dispatch) => Resolve(dispatch, unit: null);

    /// <summary>As above, in a unit: the settlements hold from its end on.</summary>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <param name="unit">The unit, or null.</param>
    internal ulong Resolve(DispatchBatch dispatch, AtomicUnit? unit)
    {
        ulong index = 0;
        try
        {
            foreach (QueueShare share in _used)
            {
                index = Math.Max(index, share.Queue!.Resolve(share.Ranges, CollectionsMarshal.AsSpan(share.Woken), dispatch, unit));
            }

            foreach (Consumer consumer in _inTurn)
            {
                consumer.Queue.Wake(consumer, dispatch);
            }
        }
        finally
        {
            Clear(); // Also when the store has failed: nothing is to be done twice.
        }

        return index;
    }

    private void Clear()
    {
        foreach (QueueShare share in _used)
        {
            share.Clear();
            _free.Push(share);
        }

        _inTurn.Clear();
        _used.Clear();
        _shares.Clear();
        _last = null;
    }

    private QueueShare ShareOf(Queue queue)
    {
        if (ReferenceEquals(_last?.Queue, queue))
        {
            return _last;
        }

        if (!_shares.TryGetValue(queue, out QueueShare? share))
        {
            share = _free.TryPop(out QueueShare? used) ? used : new QueueShare();
            share.Queue = queue;
            _shares.Add(queue, share);
            _used.Add(share);
        }

        _last = share;
        return share;
    }

    private sealed class QueueShare
    {
        public Queue? Queue { get; set; }

        public RangeList Settled { get; } = new();

        public long RefusedCount { get; set; }

        public RangeList Rejected { get; } = new();

        public RangeList Returned { get; } = new();

        public RangeList Failed { get; } = new();

        public List<Consumer> Woken { get; } = [];

        public ResolvedRanges Ranges => new()
        {
            Settled = Settled.AsSpan(),
            RefusedCount = RefusedCount,
            Rejected = Rejected.AsSpan(),
            Returned = Returned.AsSpan(),
            Failed = Failed.AsSpan(),
        };

        public void Clear()
        {
            Queue = null;
            Settled.Clear();
            RefusedCount = 0;
            Rejected.Clear();
            Returned.Clear();
            Failed.Clear();
            Woken.Clear();
        }
    }
}
