using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Where messages with one exchange and routing key go. Owned by one session; <see cref="RouteCache"/> keeps it up to date.</summary>
/// <param name="exchangeName">Name of the exchange, UTF-8.</param>
/// <param name="routingKey">The routing key.</param>
internal sealed class Route(byte[] exchangeName, byte[] routingKey)
{
    /// <summary>Name of the exchange, UTF-8.</summary>
    public byte[] ExchangeName { get; } = exchangeName;

    /// <summary>The routing key.</summary>
    public byte[] RoutingKey { get; } = routingKey;

    /// <summary>The exchange; null before the first answer.</summary>
    public Exchange? Exchange { get; set; }

    /// <summary>The virtual host's topology that the answer is for.</summary>
    public long TopologyVersion { get; set; }

    /// <summary>The permissions that the answer is for.</summary>
    public long PermissionVersion { get; set; }

    /// <summary>Token of who gets it as a direct reply; null when it is none.</summary>
    public UInt128? ReplyToken { get; } = exchangeName.Length == 0 && ReplyAddress.TryRead(routingKey, out UInt128 token) ? token : null;

    /// <summary>The queues; null when they depend on more than the routing key.</summary>
    public Queue[]? Queues { get; set; }
}
