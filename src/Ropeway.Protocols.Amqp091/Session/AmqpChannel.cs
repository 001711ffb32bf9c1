using System.Diagnostics.CodeAnalysis;
using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// One channel of a connection. What the owner alone uses is said so; the rest is guarded by the connection's gate, because
/// deliveries come from other threads.
/// </summary>
internal sealed class AmqpChannel(ushort number, AmqpSession session)
{
    private IncomingContent? _content; // Made with the first publish, as the next two with the first consumer.
    private Dictionary<string, AmqpConsumer>? _consumers; // By tag.
    private List<AmqpConsumer>? _waking;
    private HashSet<AcknowledgeTimeout>? _timeouts; // Those with deliveries to look after.
    private ObjectCounters? _counters; // Made with the first message, by the owner or under the gate.
    private ulong _lastLateTag; // Of all deliveries that were not acknowledged in time.

    /// <summary>Its number, 1 to channel-max.</summary>
    public ushort Number { get; } = number;

    /// <summary>The connection.</summary>
    public AmqpSession Session { get; } = session;

    /// <summary>Its name for people.</summary>
    public string Holder => $"{Session.Connection.Remote} -> {Session.Connection.Local} ({Number})";

    /// <summary>Where its deliveries go.</summary>
    public AmqpDeliveries Deliveries => Session.Deliveries;

    /// <summary>The message being published. Owner only.</summary>
    public IncomingContent Content => _content ??= new IncomingContent(Session.Broker.ArrivingBodies);

    /// <summary>What is expected of the message being published. Owner only.</summary>
    public ContentStage Stage => _content?.Stage ?? ContentStage.None;

    /// <summary>Whether a part of a message that is being published lies in memory of its own. Owner only.</summary>
    public bool HoldsContent => _content?.Block is not null;

    /// <summary>Whether publishes are confirmed. Owner only.</summary>
    public bool IsConfirming { get; set; }

    /// <summary>What was published and acknowledged since the last commit; null on a channel that is not transactional. Owner only.</summary>
    public Transaction? Transaction { get; set; }

    /// <summary>Publishes so far on a confirming channel: the tag of the last. Owner only.</summary>
    public ulong PublishedCount { get; set; }

    /// <summary>Publishes that were confirmed or refused. Under the gate.</summary>
    public ulong AnsweredCount { get; set; }

    /// <summary>The queue declared last, which an empty queue name means. Owner only.</summary>
    public string? LastQueueName { get; set; }

    /// <summary>Prefetch limit that new consumers get; 0 for none. Owner only.</summary>
    public int ConsumerPrefetch { get; set; }

    /// <summary>We have sent channel.close and wait for close-ok; everything else is ignored. Owner only.</summary>
    public bool IsClosing { get; set; }

    /// <summary>Most unacknowledged deliveries on the whole channel (qos with global); 0 for none.</summary>
    public int SharedPrefetch { get; set; }

    /// <summary>Unacknowledged deliveries to consumers, which <see cref="SharedPrefetch"/> limits.</summary>
    public int SharedUnackedCount { get; set; }

    /// <summary>Tag of the last delivery.</summary>
    public ulong LastDeliveryTag { get; set; }

    /// <summary>Its consumers.</summary>
    public IReadOnlyCollection<AmqpConsumer> Consumers => _consumers?.Values ?? (IReadOnlyCollection<AmqpConsumer>)[];

    /// <summary>Who gets direct replies on this channel; null for nobody. Changed by the owner only.</summary>
    public ReplyConsumer? ReplyConsumer { get; private set; }

    /// <summary>Deliveries that wait for an acknowledgement.</summary>
    public UnackedMessages Unacked { get; } = new();

    /// <summary>What has happened to its messages; null when nothing has. Any thread.</summary>
    public ObjectCounters? Counters => Volatile.Read(ref _counters);

    /// <summary>Ended: takes no delivery any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether the channel's shared limit allows one more delivery.</summary>
    public bool HasSharedCredit => SharedPrefetch == 0 || SharedUnackedCount < SharedPrefetch;

    /// <summary>Counts what happens to messages: publishes by the owner, the rest under the gate.</summary>
    public ObjectCounters Count() => _counters ?? BeginCounting();

    /// <summary>Adds a consumer; false when there is one of that tag. Owner only; under the gate.</summary>
    public bool TryAddConsumer(string tag, AmqpConsumer consumer) => (_consumers ??= []).TryAdd(tag, consumer);

    /// <summary>Takes a consumer out; false when there is none of that tag. Under the gate.</summary>
    public bool RemoveConsumer(string tag, [NotNullWhen(true)] out AmqpConsumer? consumer)
    {
        consumer = null;
        return _consumers is not null && _consumers.Remove(tag, out consumer);
    }

    /// <summary>Takes all consumers out. Under the gate.</summary>
    public AmqpConsumer[] TakeConsumers()
    {
        AmqpConsumer[] taken = [.. Consumers];
        _consumers = null;
        return taken;
    }

    /// <summary>Whether there is a consumer of that tag. Owner only, also without the gate: others only take away.</summary>
    public bool HasConsumer(string tag) => _consumers is not null && _consumers.ContainsKey(tag);

    /// <summary>Forgets the message being published. Owner only.</summary>
    public void ResetContent() => _content?.Reset();

    /// <summary>Acknowledges or returns deliveries, now or at the commit. Owner only; takes the connection's gate.</summary>
    /// <param name="tag">A delivery tag; 0 with <paramref name="multiple"/> for all.</param>
    /// <param name="multiple">All up to the tag.</param>
    /// <param name="resolution">What becomes of the messages.</param>
    /// <exception cref="ProtocolException">406 when the tag is not outstanding, unless it may be one that was not acknowledged in time.</exception>
    public void Resolve(ulong tag, bool multiple, Resolution resolution)
    {
        bool known;
        lock (Session.Outbox.Gate)
        {
            known = multiple ? ResolveUpTo(tag, resolution) : Unacked.TryTake(tag, out UnackedRun run) && Resolve(run, resolution);
            WakeSharing();
        }

        if (!known && (tag == 0 || tag > _lastLateTag))
        {
            throw new ProtocolException(ErrorTexts.UnknownDeliveryTag(tag));
        }

        Transaction?.RequireRoom();
    }

    /// <summary>Returns all deliveries that are not acknowledged, at once. Owner only; takes the connection's gate.</summary>
    public void ReturnAll()
    {
        lock (Session.Outbox.Gate)
        {
            while (Unacked.TryTakeFirst(ulong.MaxValue, out UnackedRun run))
            {
                Answer(run, Resolution.Returned, Session.Resolving);
            }

            WakeSharing();
        }
    }

    /// <summary>Returns what a consumer has not acknowledged in time. Any thread; under the gate.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="lastTag">The tag of the last delivery to return.</param>
    /// <param name="batch">Of the calling thread.</param>
    /// <returns>How many deliveries.</returns>
    public int ReturnLate(AmqpConsumer consumer, ulong lastTag, ResolveBatch batch)
    {
        var late = new List<UnackedRun>();
        Unacked.TakeOf(consumer, lastTag, late);
        int count = 0;
        foreach (UnackedRun run in late)
        {
            count += run.Count;
            _lastLateTag = Math.Max(_lastLateTag, run.FirstTag + (ulong)run.Count - 1);
            Answer(run, Resolution.Returned, batch, batch);
        }

        if (SharedPrefetch != 0)
        {
            WakeWaiting(batch);
        }

        return count;
    }

    /// <summary>A consumer's deliveries have a deadline, or none of them any more; it ends with the channel. Under the gate.</summary>
    public void Watch(AcknowledgeTimeout timeout, bool hasDeliveries)
    {
        if (hasDeliveries)
        {
            (_timeouts ??= []).Add(timeout);
        }
        else
        {
            _timeouts?.Remove(timeout);
        }
    }

    /// <summary>The channel ends: nothing is late any more. Under the gate.</summary>
    public void StopTimeouts()
    {
        foreach (AcknowledgeTimeout timeout in _timeouts ?? [])
        {
            timeout.Stop();
        }

        _timeouts = null;
    }

    /// <summary>Puts what becomes of deliveries into a batch; their consumers have credit again. Under the gate.</summary>
    /// <param name="run">The deliveries.</param>
    /// <param name="resolution">What becomes of them.</param>
    /// <param name="batch">Takes them.</param>
    /// <param name="waking">Takes the consumer; null for the owner's.</param>
    public void Answer(in UnackedRun run, Resolution resolution, ResolveBatch batch, ResolveBatch? waking = null)
    {
        if (resolution == Resolution.Settled)
        {
            Count().Add(MessageEvent.Acknowledged, run.Count);
        }

        if (run.Consumer is not null)
        {
            run.Consumer.OnResolved(run, Deliveries.NowMs);
            run.Consumer.UnackedCount -= run.Count;
            SharedUnackedCount -= run.Count;
            if (SharedPrefetch == 0)
            {
                WakeIfWaiting(run.Consumer, waking ?? Session.Resolving);
            }
        }

        switch (resolution)
        {
            case Resolution.Returned:
                batch.Return(run.Queue, run.Start, run.End);
                break;
            case Resolution.Failed:
                batch.Fail(run.Queue, run.Start, run.End);
                break;
            case Resolution.Rejected:
                batch.Reject(run.Queue, run.Start, run.End);
                break;
            default:
                batch.Settle(run.Queue, run.Start, run.End);
                break;
        }
    }

    /// <summary>Wakes consumers that share the channel's credit, if there is a shared limit. Under the gate.</summary>
    public void WakeSharing()
    {
        if (SharedPrefetch != 0)
        {
            WakeWaiting(Session.Resolving);
        }
    }

    /// <summary>Wakes consumers that wait and have credit, the one served least recently first: what they share may suffice for one only. Under the gate.</summary>
    public void WakeWaiting(ResolveBatch batch)
    {
        if (_consumers is null)
        {
            return;
        }

        _waking ??= [];
        foreach (AmqpConsumer consumer in _consumers.Values)
        {
            if (consumer.IsWaiting)
            {
                _waking.Add(consumer);
            }
        }

        _waking.Sort(AmqpConsumer.ByLastDelivery);
        foreach (AmqpConsumer consumer in _waking)
        {
            WakeIfWaiting(consumer, batch);
        }

        _waking.Clear();
    }

    /// <summary>Starts a consumer of direct replies. Owner only; no gate held.</summary>
    public void SetReplyConsumer(ReplyConsumer consumer)
    {
        consumer.Open();
        lock (Session.Outbox.Gate)
        {
            ReplyConsumer = consumer;
        }
    }

    /// <summary>Ends the consumer of direct replies, if there is one. Owner only; no gate held.</summary>
    public void EndReplyConsumer()
    {
        ReplyConsumer? ended = ReplyConsumer;
        lock (Session.Outbox.Gate)
        {
            ReplyConsumer = null;
        }

        ended?.Close();
    }

    private ObjectCounters BeginCounting()
    {
        Interlocked.CompareExchange(ref _counters, new ObjectCounters(this, Session.Host), comparand: null);
        return _counters!;
    }

    private void WakeIfWaiting(AmqpConsumer consumer, ResolveBatch batch)
    {
        if (!consumer.IsWaiting || consumer.IsCancelled || !consumer.HasCredit)
        {
            return;
        }

        if (!Deliveries.TakesMore)
        {
            Deliveries.WakeWhenDrained(consumer); // It may have waited for credit alone and not be known there yet.
            return;
        }

        consumer.IsWaiting = false;
        if (SharedPrefetch == 0)
        {
            batch.Wake(consumer);
        }
        else
        {
            batch.WakeInTurn(consumer);
        }
    }

    private bool ResolveUpTo(ulong tag, Resolution resolution)
    {
        if (tag > LastDeliveryTag)
        {
            return false;
        }

        ulong last = tag == 0 ? ulong.MaxValue : tag;
        bool any = false;
        while (Unacked.TryTakeFirst(last, out UnackedRun run))
        {
            any = Resolve(run, resolution);
        }

        return any || tag == 0;
    }

    private bool Resolve(in UnackedRun run, Resolution resolution)
    {
        if (Transaction is null)
        {
            Answer(run, resolution, Session.Resolving);
        }
        else
        {
            Transaction.Add(run, resolution);
        }

        return true;
    }
}
