using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Messages;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>A consumer of one channel (basic.consume). Its mutable state is guarded by the connection's gate.</summary>
internal sealed class AmqpConsumer : Consumer
{
    /// <summary>Makes a consumer that is not yet added to its queue.</summary>
    public AmqpConsumer(AmqpChannel channel, Queue queue, byte[] tag, bool noAck, bool exclusive)
        : base(queue, channel.Deliveries, noAck, exclusive)
    {
        Channel = channel;
        Tag = tag;
        Prefetch = channel.ConsumerPrefetch;
    }

    /// <summary>Orders consumers by their last delivery, the one that has waited longest first.</summary>
    public static Comparison<AmqpConsumer> ByLastDelivery { get; } = static (a, b) => a.LastDeliveryTag.CompareTo(b.LastDeliveryTag);

    /// <summary>The channel that its deliveries go to.</summary>
    public AmqpChannel Channel { get; }

    /// <summary>Its name on the channel, UTF-8.</summary>
    public byte[] Tag { get; }

    /// <inheritdoc/>
    public override string Holder => $"{Channel.Holder}, consumer '{Encoding.UTF8.GetString(Tag)}'";

    /// <summary>What it was started with; null when with nothing.</summary>
    public FieldTable? Arguments { get; init; }

    /// <summary>Most unacknowledged deliveries it may hold, fixed when it was started; 0 for any number.</summary>
    public int Prefetch { get; }

    /// <summary>Which messages of a stream it wants; null for all, and for other queues.</summary>
    public StreamFilter? Filter { get; init; }

    /// <summary>Whether its deliveries carry their offsets.</summary>
    public bool IsOfStream => Queue is StreamQueue;

    /// <summary>How long it may hold a delivery by its own argument, in milliseconds; 0 for ever, null as the queue says.</summary>
    public long? OwnTimeoutMs { get; init; }

    /// <summary>How long it may hold a delivery, in milliseconds; 0 for ever.</summary>
    public long TimeoutMs => IsOfStream ? 0 : OwnTimeoutMs ?? Queue.Effective.ConsumerTimeoutMs ?? 0;

    /// <summary>Looks after that; null before the first delivery with a timeout.</summary>
    public AcknowledgeTimeout? Timeout { get; private set; }

    /// <summary>Unacknowledged deliveries it holds.</summary>
    public int UnackedCount { get; set; }

    /// <summary>Deliveries that it has acknowledged, returned or rejected.</summary>
    public long ResolvedCount { get; private set; }

    /// <summary>How long it held them, all together, in milliseconds.</summary>
    public long HeldTotalMs { get; private set; }

    /// <summary>When it last resolved one, in milliseconds since the Unix epoch; 0 for never.</summary>
    public long LastResolvedMs { get; private set; }

    /// <summary>Tag of its last delivery; 0 before the first.</summary>
    public ulong LastDeliveryTag { get; set; }

    /// <summary>Its consume-ok has been queued, or none was asked for: a basic.cancel may follow.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Is woken when the connection's outbox has drained.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Ended by the client, by its queue's end, or with its channel: takes nothing any more.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>Whether its own limit and its channel's allow one more delivery.</summary>
    public bool HasCredit =>
        SettlesOnDelivery || ((Prefetch == 0 || UnackedCount < Prefetch) && Channel.HasSharedCredit);

    /// <summary>It has resolved deliveries.</summary>
    public void OnResolved(in UnackedRun run, long nowMs)
    {
        ResolvedCount += run.Count;
        HeldTotalMs += Math.Max(nowMs - run.SinceMs, 0) * run.Count;
        LastResolvedMs = nowMs;
    }

    /// <summary>It holds deliveries up to a tag from now on; the time for them begins, if there is one.</summary>
    public void BeginTimeout(ulong tag)
    {
        if (TimeoutMs != 0)
        {
            Timeout ??= new AcknowledgeTimeout(this);
            Timeout.Add(tag);
        }
    }

    /// <summary>All deliveries that it holds, up to a tag, have their time once more, if there is one.</summary>
    public void RenewTimeout(ulong lastTag)
    {
        if (TimeoutMs != 0)
        {
            Timeout ??= new AcknowledgeTimeout(this);
            Timeout.Renew(lastTag);
        }
    }
}
