using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Lets replies and confirms leave when the store has made their promises durable. The store's commit thread queues it, and does the work itself
/// when that is only to send confirms and nobody else waits; it is done under the connection's gate.
/// </summary>
internal sealed class CommitPump(AmqpSession session) : IDurabilityWaiter, IPoolWork
{
    private readonly List<AmqpConsumer> _started = [];
    private bool _isRegistered;
    private bool _resumes;

    /// <summary>The connection is to be closed when the last reply has left. Under the gate.</summary>
    public bool ClosesWhenEmpty { get; set; }

    /// <summary>Whether the connection can be closed now.</summary>
    public bool IsFinished
    {
        get
        {
            lock (session.Outbox.Gate)
            {
                return ClosesWhenEmpty && session.Replies.IsEmpty;
            }
        }
    }

    /// <inheritdoc/>
    public void OnCommitted(ulong committedIndex) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <inheritdoc/>
    public void OnCommittedAlone(ulong committedIndex)
    {
        if (IsShort())
        {
            ((IThreadPoolWorkItem)this).Execute();
        }
        else
        {
            OnCommitted(committedIndex);
        }
    }

    /// <summary>Writes what may leave now to the outbox and sees to it that the rest follows. The caller holds no gate and flushes.</summary>
    public void Release(DispatchBatch dispatch)
    {
        AmqpConsumer[] started;
        bool resumes;
        lock (session.Outbox.Gate)
        {
            started = ReleaseLocked();
            resumes = _resumes && !session.Replies.HasReplies;
            _resumes &= !resumes;
        }

        foreach (AmqpConsumer consumer in started)
        {
            consumer.Queue.Wake(consumer, dispatch);
        }

        if (resumes)
        {
            session.Connection.Resume(); // Also when the owner is still in the call that pauses.
        }
    }

    /// <summary>Resumes the connection when no reply waits any more.</summary>
    /// <returns>False when none waits now.</returns>
    public bool ResumeAfterReplies()
    {
        lock (session.Outbox.Gate)
        {
            _resumes = session.Replies.HasReplies;
            return _resumes;
        }
    }

    /// <inheritdoc/>
    public void OnFault(Exception fault) => session.OnFault(fault);

    void IPoolWork.Run()
    {
        lock (session.Outbox.Gate)
        {
            _isRegistered = false;
        }

        try
        {
            DispatchBatch dispatch = DispatchBatch.Begin();
            Release(dispatch);
            session.Outbox.Flush();
            dispatch.Flush();
        }
        catch (Exception fault) when (Durability.IsStoreFailure(fault))
        {
            session.Connection.Abort($"the store has failed: {fault.Message}");
            return;
        }

        if (IsFinished)
        {
            session.Connection.Close();
        }
    }

    /// <summary>Whether there are only confirms to send, nothing before them, and nobody is writing to the connection.</summary>
    private bool IsShort()
    {
        Lock gate = session.Outbox.Gate;
        if (session.Outbox.PendingBytes > 0 || !gate.TryEnter())
        {
            return false;
        }

        try
        {
            return !session.Replies.HasReplies && !ClosesWhenEmpty;
        }
        finally
        {
            gate.Exit();
        }
    }

    private AmqpConsumer[] ReleaseLocked()
    {
        Durability disk = session.Broker.Durability;
        do
        {
            session.Replies.Release(disk.CommittedIndex, _started);
            if (session.Replies.IsEmpty || _isRegistered)
            {
                break;
            }

            _isRegistered = disk.OnCommitted(session.Replies.FirstIndex, this);
        }
        while (!_isRegistered);

        if (_started.Count == 0)
        {
            return [];
        }

        AmqpConsumer[] started = [.. _started];
        _started.Clear();
        return started;
    }
}
