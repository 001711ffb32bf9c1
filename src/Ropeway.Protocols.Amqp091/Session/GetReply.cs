using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Answers one basic.get: writes get-ok with the message, or resumes the connection when it is worth asking again.</summary>
internal sealed class GetReply(AmqpSession session, AmqpChannel channel, Queue queue, bool noAck) : IMessageReceiver
{
    /// <inheritdoc/>
    public string Holder => $"{channel.Holder}, basic.get";

    /// <inheritdoc/>
    public void Receive(in QueuedMessage message, long readyCount)
    {
        lock (session.Outbox.Gate)
        {
            ulong tag = ++channel.LastDeliveryTag;
            channel.Count().AddDelivery(noAck ? MessageEvent.FetchedWithoutAck : MessageEvent.Fetched, message.IsRedelivered);
            if (!noAck)
            {
                channel.Unacked.Add(tag, queue, consumer: null, message.Offset, session.Deliveries.NowMs);
            }

            var method = new BasicGetOk
            {
                DeliveryTag = tag,
                Redelivered = message.IsRedelivered,
                Exchange = message.Content.Exchange,
                RoutingKey = message.Content.RoutingKey,
                MessageCount = (uint)Math.Min(readyCount, uint.MaxValue),
            };
            session.Deliveries.WriteAnswer(channel.Number, method, message);
        }
    }

    /// <inheritdoc/>
    public void AskAgain() => session.Connection.Resume();
}
