using Ropeway.Core.Replies;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// A channel's consumer of direct replies: what is published to its address is written to its connection at once, and to no
/// queue. Called by the publishers' threads; its channel is guarded by the connection's gate.
/// </summary>
internal sealed class ReplyConsumer(AmqpChannel channel, byte[] tag) : IReplyTarget
{
    /// <summary>Unsent bytes of a connection from which on replies to it are lost: it does not read them, and nothing else would bound them.</summary>
    public const long UnsentBytesMax = 16 << 20;

    private UInt128 _token;

    /// <summary>Its name on the channel, UTF-8.</summary>
    public byte[] Tag { get; } = tag;

    /// <summary>What requests carry as their reply-to.</summary>
    public byte[] Address { get; private set; } = [];

    private DirectReplies Directory => channel.Session.Host.DirectReplies;

    /// <summary>Starts to wait for replies. Owner only.</summary>
    public void Open()
    {
        _token = Directory.Add(this);
        Address = ReplyAddress.Of(_token);
    }

    /// <summary>Waits no more. Owner only.</summary>
    public void Close() => Directory.Remove(_token);

    /// <inheritdoc/>
    public bool TryDeliver(in DirectReply reply)
    {
        AmqpDeliveries deliveries = channel.Deliveries;
        lock (deliveries.Gate)
        {
            if (channel.ReplyConsumer != this || channel.IsClosed || !deliveries.TakesReplies)
            {
                return false;
            }

            var method = new BasicDeliver { ConsumerTag = Tag, DeliveryTag = ++channel.LastDeliveryTag, RoutingKey = reply.Address };
            if (reply.BodyBlock is null)
            {
                deliveries.WriteContent(channel.Number, method, reply.Properties, reply.Body);
            }
            else
            {
                deliveries.WriteContent(channel.Number, method, reply.Properties, reply.BodyBlock, reply.BodyStart, reply.BodyBytes);
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void Flush() => channel.Deliveries.FlushDeliveries();
}
