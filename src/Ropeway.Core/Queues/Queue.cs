using Ropeway.Core.Routing;
using Ropeway.Core.Statistics;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Where publishers' messages stay until consumers have had them: a log, its consumers, and how they share it. Any thread may call it;
/// all state is guarded by the log's gate.
/// </summary>
public abstract class Queue : IDestination, ITracedPlace, IPoolWork
{
    private BindingChain _incoming; // Mutable struct, under the virtual host's gate.
    private QueuePause? _paused;
    private Exception? _fault; // The first; written once, by any thread.
    private TracedStays? _traced;
    private ObjectCounters? _counters; // Made with the first message, under the gate.

    /// <summary>Makes a queue over a log that it alone uses. <see cref="Apply"/> follows.</summary>
    private protected Queue(VirtualHost host, QueueSettings settings, StoredLog log)
    {
        Host = host;
        Settings = settings;
        Log = log;
        Effective = EffectiveArguments.None;
    }

    /// <summary>The virtual host it belongs to.</summary>
    public VirtualHost Host { get; }

    /// <summary>What it was declared with.</summary>
    public QueueSettings Settings { get; }

    /// <summary>What its arguments and policies come to at this moment.</summary>
    public EffectiveArguments Effective { get; private protected set; }

    /// <inheritdoc/>
    public string Name => Settings.Name;

    /// <summary>The messages.</summary>
    public StoredLog Log { get; }

    /// <summary>
    /// Null, or why the queue takes and gives no message and drops none by itself: its log is quarantined, or the broker has failed in serving it,
    /// which a start may end. Settlements count all the same. Any thread.
    /// </summary>
    public string? OutOfService => Volatile.Read(ref _fault) is { } fault ? $"the broker has failed in serving it and does so no more until the next start: {fault.Message}" : Log.Quarantine;

    /// <summary>Null, or that it gives no messages away at the moment. Any thread.</summary>
    public QueuePause? Paused => Volatile.Read(ref _paused);

    /// <summary>Bindings of which this is the destination. Under the virtual host's gate.</summary>
    internal ref BindingChain Incoming => ref _incoming;

    /// <summary>Ready messages.</summary>
    public long MessageCount
    {
        get
        {
            lock (Log.Gate)
            {
                return ReadyCount;
            }
        }
    }

    /// <summary>Messages that it has taken since it was declared; of a queue that is not durable since the start.</summary>
    public long EnqueuedCount
    {
        get
        {
            lock (Log.Gate)
            {
                return Log.EndOffset;
            }
        }
    }

    /// <summary>Messages delivered and not yet settled.</summary>
    public virtual long UnackedCount => 0;

    /// <summary>Messages that came back and wait until they are ready again.</summary>
    public virtual long DelayedCount => 0;

    /// <summary>Acknowledged messages that are kept and can be made ready again.</summary>
    public virtual long KeptCount => 0;

    /// <summary>What has happened to its messages; null when nothing has. Any thread.</summary>
    public ObjectCounters? Counters => Volatile.Read(ref _counters);

    /// <summary>What is in it and what has happened to it, of one moment.</summary>
    /// <param name="ready">Ready messages.</param>
    /// <param name="held">Messages delivered and not yet settled.</param>
    public ObjectCounters? Measure(out long ready, out long held)
    {
        lock (Log.Gate)
        {
            ready = ReadyCount;
            held = UnackedCount;
            return _counters;
        }
    }

    /// <summary>Consumers on the queue.</summary>
    public int ConsumerCount
    {
        get
        {
            lock (Log.Gate)
            {
                return Consumers.Count;
            }
        }
    }

    /// <summary>Those of its messages that are traced; null for none. Changed under the life lines' gate; whoever asks holds the log's, or has taken the messages under it.</summary>
    internal TracedStays? Traced => Volatile.Read(ref _traced);

    /// <inheritdoc/>
    TracedStays? ITracedPlace.Traced
    {
        get => Traced;
        set => Volatile.Write(ref _traced, value);
    }

    /// <summary>Consumers are done with messages, or give them back: said to the life lines of those that are traced. Under the gate.</summary>
    private protected void TraceResolved(in ResolvedRanges ranges)
    {
        if (Traced is not null)
        {
            Services.Tracing.NoteResolved(this, ranges);
        }
    }

    /// <summary>A message was handed to who asked for one: said to its life line, if it is traced. Under the gate.</summary>
    private protected void TraceFetched(long offset, IMessageReceiver receiver, bool isSettled)
    {
        if (Traced is not null)
        {
            Services.Tracing.NoteDelivered(this, offset, receiver.Holder, isSettled);
        }
    }

    /// <summary>It is deleted, or the broker stops: nothing is read any more. Under the gate.</summary>
    internal bool IsClosed => IsDeleted;

    /// <summary>Ready messages. Under the gate.</summary>
    internal abstract long ReadyCount { get; }

    /// <summary>Exclusive end of what may be read. Under the gate.</summary>
    internal virtual long ReadableEnd => Log.EndOffset;

    /// <summary>What it needs of the world.</summary>
    internal QueueServices Services => Host.Services;

    /// <summary>Does what must not be done on the spot.</summary>
    internal IWorkPool Pool => Services.Pool;

    /// <summary>All consumers. Under the gate.</summary>
    private protected ConsumerRing Consumers { get; private set; } = ConsumerRing.Empty;

    /// <summary>It takes and gives no message any more. Under the gate.</summary>
    private protected bool IsDeleted { get; private set; }

    /// <summary>Counts everything, together: cheaper than count by count.</summary>
    public QueueMoment Measure()
    {
        lock (Log.Gate)
        {
            return IsDeleted ? default : QueueMoment.Of(this);
        }
    }

    /// <summary>The message that came back most often.</summary>
    /// <param name="countMax">How many messages are looked at, at most.</param>
    /// <returns>Its offset and how often it was delivered and came back; null when none did, or the queue does not count it.</returns>
    public (long Offset, long Count)? FindMostReturned(int countMax)
    {
        lock (Log.Gate)
        {
            (long Offset, long Count)? most = null;
            foreach (OffsetMark mark in IsDeleted ? [] : Log.Marks.Take(countMax))
            {
                long count = ReturnMark.From(mark.Value).Count;
                if (!(count <= most?.Count))
                {
                    most = (mark.Offset, count);
                }
            }

            return most;
        }
    }

    /// <summary>Whether a consumer of the queue gets messages; false while another is the single active one.</summary>
    public bool IsServed(Consumer consumer)
    {
        lock (Log.Gate)
        {
            return Consumers.Single is not { } single || ReferenceEquals(single, consumer);
        }
    }

    /// <summary>Changes what holds for the queue, at once: a policy has changed. No gate may be held.</summary>
    public abstract void Apply(EffectiveArguments effective);

    /// <summary>The queue was declared again or asked for: it is in use, see <see cref="EffectiveArguments.ExpiresMs"/>.</summary>
    public virtual void Touch()
    {
    }

    /// <summary>Takes a consumer; it is offered nothing before <see cref="Wake"/>, so that its start can be announced first.</summary>
    /// <param name="consumer">Not yet on any queue.</param>
    /// <returns>Why not, or None.</returns>
    public ConsumerRefusal AddConsumer(Consumer consumer)
    {
        lock (Log.Gate)
        {
            if (IsDeleted)
            {
                return ConsumerRefusal.QueueGone;
            }

            if (OutOfService is not null)
            {
                return ConsumerRefusal.OutOfService;
            }

            if (ReferenceEquals(Consumers, ConsumerRing.Empty))
            {
                Consumers = new ConsumerRing();
            }

            return TryAdd(consumer) ? ConsumerRefusal.None : ConsumerRefusal.Exclusive;
        }
    }

    /// <summary>Takes a consumer off. After this it is offered nothing; what it holds stays delivered.</summary>
    /// <returns>True when it was the last one: an auto-delete queue is now unused.</returns>
    public abstract bool RemoveConsumer(Consumer consumer);

    /// <summary>Offers messages to a consumer: to a new one, or to one whose waiting flag its target has cleared.</summary>
    public abstract void Wake(Consumer consumer, DispatchBatch dispatch);

    /// <summary>Settles and returns messages, then dispatches.</summary>
    /// <param name="ranges">Delivered messages, and what became of them.</param>
    /// <param name="woken">Consumers that have credit again; their waiting flags are cleared.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <param name="unit">The unit that the settlements belong to; they hold from the unit's end on. What is rejected does not wait for it. Or null.</param>
    /// <returns>The commit index the settlement is durable at; 0 when nothing had to be written.</returns>
    public abstract ulong Resolve(in ResolvedRanges ranges, ReadOnlySpan<Consumer> woken, DispatchBatch dispatch, AtomicUnit? unit = null);

    /// <summary>Hands one ready message to <paramref name="receiver"/>.</summary>
    /// <param name="receiver">Gets the message, or is told when to ask again.</param>
    /// <param name="settlesOnDelivery">True when the message is settled at once.</param>
    /// <param name="index">The commit index of that settlement, else 0.</param>
    public abstract GetOutcome TryGet(IMessageReceiver receiver, bool settlesOnDelivery, out ulong index);

    /// <summary>Settles all messages that are ready or will be by themselves; delivered ones stay with their consumers.</summary>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <returns>How many messages were removed.</returns>
    public abstract long Purge(out ulong index);

    /// <summary>Closes the queue for good if the conditions hold; the virtual host then deletes it. One step, under the log's gate.</summary>
    /// <param name="ifUnused">Only when there is no consumer.</param>
    /// <param name="ifEmpty">Only when no message is ready or unacknowledged.</param>
    /// <param name="messageCount">The ready messages in it.</param>
    public QueueCloseStatus TryClose(bool ifUnused, bool ifEmpty, out long messageCount)
    {
        lock (Log.Gate)
        {
            messageCount = ReadyCount;
            if (IsDeleted)
            {
                return QueueCloseStatus.AlreadyClosed;
            }

            if (ifUnused && Consumers.Count > 0)
            {
                return QueueCloseStatus.InUse;
            }

            if (ifEmpty && Log.UnsettledCount > 0)
            {
                return QueueCloseStatus.NotEmpty;
            }

            IsDeleted = true;
            return QueueCloseStatus.Closed;
        }
    }

    /// <summary>Closes the queue for good if nobody has used it for longer than it is to stay; the virtual host then deletes it.</summary>
    /// <returns>False when it is in use.</returns>
    public bool TryCloseExpired()
    {
        lock (Log.Gate)
        {
            if (IsDeleted || Consumers.Count > 0 || !HasExpired())
            {
                return false;
            }

            IsDeleted = true;
            return true;
        }
    }

    /// <summary>The queue is deleted and can be found no more: its consumers are told. No gate may be held.</summary>
    public void OnDeleted()
    {
        Consumer[] consumers;
        lock (Log.Gate)
        {
            IsDeleted = true;
            consumers = Consumers.RemoveAll();
            if (_counters is not null || Log.UnsettledCount > 0)
            {
                Count().End();
            }

            EndReading();
        }

        Dismiss(consumers);
    }

    /// <inheritdoc/>
    /// <remarks>Consumers are told that they are cancelled; publishes are refused.</remarks>
    public void OnFault(Exception fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, comparand: null) is null)
        {
            Pool.Queue(static queue => queue.BeginRest(), this); // Without the gates that are held here.
        }
    }

    /// <summary>Clean stop, after the last delivery: writes down exactly what was delivered.</summary>
    public void Close()
    {
        lock (Log.Gate)
        {
            OnClosing();
            IsDeleted = true;
            EndReading();
        }
    }

    /// <summary>Goes on after a wait for the disk or for a deadline. No gate may be held.</summary>
    public abstract void Run();

    /// <summary>Gives no messages away from now on, or does so again for null. No gate of a log may be held.</summary>
    internal void Pause(QueuePause? pause)
    {
        lock (Log.Gate)
        {
            Volatile.Write(ref _paused, pause);
            if (pause is null && !IsDeleted)
            {
                RunSoon();
            }
        }
    }

    /// <summary>Has <see cref="Run"/> called by the pool. Any gate may be held.</summary>
    internal void RunSoon() => Pool.Queue(this);

    /// <summary>Appends the chain of messages that starts at <paramref name="firstTarget"/>, then dispatches.</summary>
    /// <returns>The commit index they are durable at; 0 when none has to be.</returns>
    internal abstract ulong Publish(PublishBatch batch, int firstTarget, ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit = null);

    /// <summary>Counts what happens to messages; before it has an effect. Under the gate.</summary>
    internal ObjectCounters Count() => _counters ?? BeginCounting();

    /// <summary>Messages in ranges.</summary>
    internal static long CountOf(ReadOnlySpan<OffsetRange> ranges)
    {
        long count = 0;
        foreach (OffsetRange range in ranges)
        {
            count += range.End - range.Start;
        }

        return count;
    }

    /// <summary>Counts messages that consumers are done with. Under the gate.</summary>
    private protected void CountSettled(in ResolvedRanges ranges)
    {
        ObjectCounters counters = Count();
        counters.Add(MessageEvent.Acknowledged, CountOf(ranges.Settled) - ranges.RefusedCount);
        counters.Add(MessageEvent.Rejected, ranges.RefusedCount);
    }

    /// <summary>Settles messages that consumers have rejected, and counts them. Under the gate.</summary>
    private protected ulong SettleRejected(ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit)
    {
        Count().Add(MessageEvent.Rejected, CountOf(ranges));
        return Log.Settle(ranges, unit);
    }

    /// <summary>Takes a consumer, unless exclusivity forbids. Under the gate.</summary>
    private protected virtual bool TryAdd(Consumer consumer) => Consumers.TryAdd(consumer, Effective.IsSingleActiveConsumer);

    /// <summary>Whether nobody has used the queue for longer than it is to stay. Under the gate.</summary>
    private protected virtual bool HasExpired() => false;

    /// <summary>The last delivery was made, and the queue stays. Under the gate.</summary>
    private protected virtual void OnClosing()
    {
    }

    /// <summary>Nothing is read any more. Under the gate.</summary>
    private protected abstract void EndReading();

    /// <summary>The queue rests and is not deleted. Under the gate.</summary>
    private protected virtual void OnResting()
    {
    }

    /// <summary>Tells those who wait for a message that they may ask again. No gate may be held.</summary>
    private protected virtual void TellAskers()
    {
    }

    private ObjectCounters BeginCounting()
    {
        var counters = new ObjectCounters(this, Host) { FirstReady = ReadyCount, FirstHeld = UnackedCount };
        Volatile.Write(ref _counters, counters);
        return counters;
    }

    private void BeginRest()
    {
        QueueLog.QueueFailed(Services.Logger, _fault!, Name, Host.Name);
        Consumer[] consumers;
        lock (Log.Gate)
        {
            consumers = Consumers.RemoveAll();
            OnResting();
        }

        Dismiss(consumers);
    }

    private void Dismiss(Consumer[] consumers)
    {
        foreach (Consumer consumer in consumers)
        {
            consumer.Target.OnQueueGone(consumer);
        }

        TellAskers();
    }
}
