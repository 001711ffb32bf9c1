using Ropeway.Core.Queues;
using Ropeway.Core.Routing;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Where messages with one exchange and routing key go. Owned by one session; immutable but for what <see cref="RouteCache"/> refreshes.</summary>
internal sealed class Route
{
    /// <summary>The exchange.</summary>
    public required Exchange Exchange { get; init; }

    /// <summary>Name of the exchange, UTF-8.</summary>
    public required byte[] ExchangeName { get; init; }

    /// <summary>The routing key.</summary>
    public required byte[] RoutingKey { get; init; }

    /// <summary>The virtual host's topology that the answer is for.</summary>
    public required long TopologyVersion { get; init; }

    /// <summary>The permissions that the answer is for.</summary>
    public required long PermissionVersion { get; init; }

    /// <summary>Token of who gets it as a direct reply; null when it is none.</summary>
    public UInt128? ReplyToken { get; init; }

    /// <summary>The queues; null when they depend on more than the routing key.</summary>
    public required Queue[]? Queues { get; init; }
}
