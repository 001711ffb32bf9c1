using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Returns what a consumer has not acknowledged in time. Made with the first delivery to a consumer that has a timeout; guarded by the
/// connection's gate. One deadline, and at most some <see cref="StepCount"/> marks, however many deliveries are waited for.
/// </summary>
/// <remarks>
/// A mark says when deliveries up to a tag had been made. Deliveries that come soon after one another share one, so a delivery is
/// returned up to a step late, and never early. Marks stay when deliveries are acknowledged, and go when their time has come.
/// </remarks>
internal sealed class AcknowledgeTimeout(AmqpConsumer consumer) : Timed, IPoolWork
{
    private const int StepCount = 64;

    private readonly List<Mark> _marks = [];

    private AmqpChannel Channel => consumer.Channel;

    private Deadlines Deadlines => Channel.Session.Broker.Deadlines;

    /// <summary>A delivery was made just now.</summary>
    /// <param name="tag">Not below those before.</param>
    public void Add(ulong tag)
    {
        long nowMs = Deadlines.NowMs;
        if (_marks.Count > 0 && nowMs - _marks[^1].FirstMs <= Math.Max(consumer.TimeoutMs / StepCount, Deadlines.TickMs))
        {
            _marks[^1] = _marks[^1] with { LastTag = tag, LastMs = nowMs };
            return;
        }

        _marks.Add(new Mark(tag, nowMs, nowMs));
        if (_marks.Count == 1)
        {
            Watch();
        }
    }

    /// <summary>All deliveries have their time once more, those too whose time has come and that were not looked at yet.</summary>
    /// <param name="lastTag">The last of them.</param>
    public void Renew(ulong lastTag)
    {
        _marks.Clear();
        Add(lastTag);
    }

    /// <summary>The channel has ended.</summary>
    public void Stop()
    {
        _marks.Clear();
        Deadlines.Cancel(this);
    }

    /// <inheritdoc/>
    protected override void OnDue(long nowMs) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => Channel.Session.OnFault(fault);

    /// <summary>Returns what is late, on a pool thread. When the store fails, what was unacknowledged is ready again after the restart that follows.</summary>
    void IPoolWork.Run()
    {
        var late = new ResolveBatch();
        int count = 0;
        lock (Channel.Deliveries.Gate)
        {
            if (_marks.Count == 0)
            {
                return;
            }

            ulong lastTag = TakeDue();
            if (lastTag > 0)
            {
                count = Channel.ReturnLate(consumer, lastTag, late);
            }

            Watch();
        }

        if (count > 0)
        {
            AmqpLog.DeliveriesTimedOut(Channel.Session.Broker.Logger, Channel.Session.Connection.Id, Channel.Number, count, consumer.Queue.Name);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            late.Resolve(dispatch);
        }
        finally
        {
            dispatch.Flush();
        }
    }

    /// <summary>The last tag of what is late; 0 for none. Without a timeout, which a policy may have taken away, nothing is.</summary>
    private ulong TakeDue()
    {
        long timeoutMs = consumer.TimeoutMs;
        if (timeoutMs == 0)
        {
            _marks.Clear();
            return 0;
        }

        int dueCount = 0;
        long nowMs = Deadlines.NowMs;
        while (dueCount < _marks.Count && nowMs - _marks[dueCount].LastMs >= timeoutMs)
        {
            dueCount++;
        }

        ulong lastTag = dueCount == 0 ? 0 : _marks[dueCount - 1].LastTag;
        _marks.RemoveRange(0, dueCount);
        return lastTag;
    }

    private void Watch()
    {
        Channel.Watch(this, _marks.Count > 0);
        if (_marks.Count > 0)
        {
            Deadlines.Set(this, _marks[0].LastMs + Math.Min(consumer.TimeoutMs, long.MaxValue / 2));
        }
    }

    /// <summary>Deliveries up to a tag, made between two times of day in milliseconds.</summary>
    private readonly record struct Mark(ulong LastTag, long FirstMs, long LastMs);
}
