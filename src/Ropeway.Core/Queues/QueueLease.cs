using Ropeway.Core.Timing;

namespace Ropeway.Core.Queues;

/// <summary>
/// Deletes a queue that nobody has used for a while (x-expires): no consumer, no get, no declaration. After a start the time begins
/// anew. Any thread.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="deadlines">Of the broker.</param>
internal sealed class QueueLease(SharedQueue queue, Deadlines deadlines) : Timed
{
    private long _expiresMs;
    private long _usedAtMs;

    private long EndsAtMs => Volatile.Read(ref _usedAtMs) + Volatile.Read(ref _expiresMs);

    /// <summary>Begins, or goes on with another time.</summary>
    public void Begin(long expiresMs)
    {
        Volatile.Write(ref _expiresMs, expiresMs);
        Renew();
        Watch();
    }

    /// <summary>The queue is used: its time begins anew.</summary>
    public void Renew() => Volatile.Write(ref _usedAtMs, deadlines.NowMs);

    /// <summary>Whether the queue has not been used for long enough.</summary>
    public bool HasEnded() => EndsAtMs <= deadlines.NowMs;

    /// <summary>Is called when the time is over, unless <see cref="End"/> follows. Under the queue's gate.</summary>
    public void Watch() => deadlines.Set(this, EndsAtMs);

    /// <summary>The queue is gone, or expires no more.</summary>
    public void End() => deadlines.Cancel(this);

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        if (!HasEnded() || !queue.Host.DeleteExpired(queue))
        {
            queue.GoOnWithLease();
        }
    }

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => queue.OnFault(fault);
}
