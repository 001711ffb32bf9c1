using System.Text;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Lists the channels of a connection for management. Any thread.</summary>
internal static class ChannelList
{
    /// <summary>The channels at this moment. Takes the connection's gate; what belongs to the owner alone may be a moment old.</summary>
    public static IReadOnlyList<OpenChannel> Of(AmqpSession session)
    {
        lock (session.Outbox.Gate)
        {
            return [.. session.Channels.Values.Select(Describe)];
        }
    }

    /// <summary>What the channels hold of a queue at this moment. Takes the connection's gate.</summary>
    public static IReadOnlyList<HeldMessages> HeldOf(AmqpSession session, Queue queue)
    {
        lock (session.Outbox.Gate)
        {
            return [.. session.Channels.Values.SelectMany(channel => channel.Unacked.RunsOf(queue).Select(run => Describe(channel, run)))];
        }
    }

    private static HeldMessages Describe(AmqpChannel channel, in UnackedRun run) =>
        new(run.Start, run.End, channel.Number, run.Consumer is null ? string.Empty : Encoding.UTF8.GetString(run.Consumer.Tag), run.SinceMs);

    private static OpenChannel Describe(AmqpChannel channel) => new(
        channel.Number,
        channel.IsClosing ? "closing" : "running",
        channel.IsConfirming,
        channel.Transaction is not null,
        channel.ConsumerPrefetch,
        channel.SharedPrefetch,
        channel.Unacked.Count,
        [.. channel.Consumers.Select(consumer => Describe(consumer))])
    {
        Counters = channel.Counters,
        DeliveredCount = (long)channel.LastDeliveryTag,
        UnconfirmedCount = Math.Max((long)(channel.PublishedCount - channel.AnsweredCount), 0),
        UncommittedCount = channel.Transaction?.MessageCount ?? 0,
        UncommittedAckCount = channel.Transaction?.AnswerCount ?? 0,
    };

    private static OpenConsumer Describe(AmqpConsumer consumer) => new(consumer, Encoding.UTF8.GetString(consumer.Tag), consumer.Prefetch, consumer.Arguments)
    {
        UnackedCount = consumer.UnackedCount,
        ResolvedCount = consumer.ResolvedCount,
        HeldTotalMs = consumer.HeldTotalMs,
        LastResolvedMs = consumer.LastResolvedMs,
    };
}
