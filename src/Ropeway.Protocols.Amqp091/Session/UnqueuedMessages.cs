using Ropeway.Core.Queues;
using Ropeway.Core.Replies;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Messages that go to connections and not to queues: direct replies, and what goes back to its publisher. Used on the
/// publishing connection's owner only.
/// </summary>
internal sealed class UnqueuedMessages(AmqpSession session)
{
    private readonly List<IReplyTarget> _replied = [];

    /// <summary>Whether replies wait for <see cref="Flush"/>.</summary>
    public bool HasWork => _replied.Count > 0;

    /// <summary>Hands a direct reply to who waits for it.</summary>
    /// <param name="route">Where it was published to.</param>
    /// <param name="message">The message.</param>
    /// <param name="source">The received piece, for a message without a block.</param>
    /// <returns>False when it is no direct reply, or nobody waits any more.</returns>
    public bool TryReply(Route route, in PublishItem message, ReadOnlySpan<byte> source)
    {
        if (route.ReplyToken is not { } token || !session.Host.DirectReplies.TryFind(token, out IReplyTarget? target))
        {
            return false;
        }

        ReadOnlySpan<byte> from = message.Block is null ? source : message.Block.Span;
        var reply = new DirectReply
        {
            Address = route.RoutingKey,
            Properties = from.Slice(message.PropertiesStart, message.PropertiesBytes),
            Body = message.Block is null ? from.Slice(message.BodyStart, message.BodyBytes) : default,
            BodyBlock = message.Block,
            BodyStart = message.BodyStart,
            BodyBytes = message.BodyBytes,
        };
        if (!target.TryDeliver(reply))
        {
            return false;
        }

        if (_replied.Count == 0 || !ReferenceEquals(_replied[^1], target))
        {
            _replied.Add(target);
        }

        return true;
    }

    /// <summary>Gives a mandatory message back, as basic.return. Takes the connection's gate.</summary>
    /// <param name="channel">The channel that published it.</param>
    /// <param name="route">Where it was published to.</param>
    /// <param name="message">The message.</param>
    /// <param name="source">The received piece, for a message without a block.</param>
    public void Return(ushort channel, Route route, in PublishItem message, ReadOnlySpan<byte> source)
    {
        var method = new BasicReturn
        {
            ReplyCode = ReplyCode.NoRoute,
            ReplyText = "NO_ROUTE"u8,
            Exchange = route.ExchangeName,
            RoutingKey = route.RoutingKey,
        };
        ReadOnlySpan<byte> from = message.Block is null ? source : message.Block.Span;
        ReadOnlySpan<byte> properties = from.Slice(message.PropertiesStart, message.PropertiesBytes);
        lock (session.Outbox.Gate)
        {
            if (message.Block is null)
            {
                session.Deliveries.WriteContent(channel, method, properties, from.Slice(message.BodyStart, message.BodyBytes));
            }
            else
            {
                session.Deliveries.WriteContent(channel, method, properties, message.Block, message.BodyStart, message.BodyBytes);
            }
        }
    }

    /// <summary>Sends the replies. No gate may be held.</summary>
    public void Flush()
    {
        foreach (IReplyTarget target in _replied)
        {
            target.Flush();
        }

        _replied.Clear();
    }
}
