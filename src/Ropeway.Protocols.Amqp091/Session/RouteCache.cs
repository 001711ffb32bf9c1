using System.Text;
using Ropeway.Buffers;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Remembers where messages go and that their publisher may send them there, so that a message costs one comparison. An entry
/// counts as long as neither the topology nor the permissions have changed. Used on the connection's owner only.
/// </summary>
internal sealed class RouteCache(AmqpSession session)
{
    private const int EntryCount = 256; // A power of two: the slot is a hash's low bits, a collision replaces.

    private readonly Route?[] _entries = new Route?[EntryCount];
    private readonly RouteResult _result = new();
    private Route? _last;
    private bool _isCached;

    /// <summary>Where messages with these names go.</summary>
    /// <exception cref="ProtocolException">404 for an unknown exchange, 403 for one that may not be written to.</exception>
    public Route Find(ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey)
    {
        if (_last is not null && IsFor(_last, exchange, routingKey))
        {
            return _last;
        }

        uint slot = (Crc32C.Compute(routingKey) ^ Crc32C.Compute(exchange)) & (EntryCount - 1);
        Route? found = _entries[slot];
        if (found is null || !IsFor(found, exchange, routingKey))
        {
            found = Make(exchange, routingKey);
            _entries[slot] = found;
        }

        _last = found;
        return found;
    }

    /// <summary>The queues that a message takes; valid until the next call.</summary>
    /// <param name="route">A route found by <see cref="Find"/>.</param>
    /// <param name="properties">The message's raw properties.</param>
    /// <param name="hasCopies">Whether they hold <see cref="CopyKeys"/>.</param>
    public ReadOnlySpan<Queue> FindQueues(Route route, ReadOnlySpan<byte> properties, bool hasCopies)
    {
        _isCached = route.Queues is not null && !hasCopies;
        if (_isCached)
        {
            return route.Queues!;
        }

        BasicProperties.TryRead(properties, out BasicProperties read); // Checked on arrival; false leaves it without any property.
        CopyKeys.TryRead(hasCopies ? read.Headers : [], out CopyKeys copies, out _); // Also checked.
        var request = new RouteRequest(route.RoutingKey, read.Headers)
        {
            Copies = copies,
            CorrelationId = read.CorrelationId,
            MessageId = read.MessageId,
            TimestampSeconds = read.Timestamp?.Seconds ?? 0,
        };
        _result.Clear();
        route.Exchange.Route(request, _result);
        return _result.Queues;
    }

    /// <summary>Who wants a copy of the message that <see cref="FindQueues"/> was last called for.</summary>
    public ReadOnlySpan<RecentHistory> Histories => _isCached ? [] : _result.Histories;

    private bool IsFor(Route route, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey) =>
        routingKey.SequenceEqual(route.RoutingKey)
        && exchange.SequenceEqual(route.ExchangeName)
        && route.TopologyVersion == session.Host.TopologyVersion
        && route.PermissionVersion == session.Access.Version;

    private Route Make(ReadOnlySpan<byte> name, ReadOnlySpan<byte> routingKey)
    {
        long topologyVersion = session.Host.TopologyVersion; // Before routing: a change meanwhile makes the entry stale, not wrong.
        long permissionVersion = session.Access.Version;
        if (!session.Host.TryGetExchange(name, out Exchange? exchange))
        {
            throw new ProtocolException(ErrorTexts.NotFound(ErrorTexts.Exchange(Encoding.UTF8.GetString(name), session.Host.Name)) with { Method = MethodId.BasicPublish });
        }

        session.Access.RequireExchange(AccessOperation.Write, exchange.Name, MethodId.BasicPublish);
        if (exchange.Internal)
        {
            throw new ProtocolException(ErrorTexts.InternalExchange(ErrorTexts.Exchange(exchange.Name, session.Host.Name)) with { Method = MethodId.BasicPublish });
        }

        _result.Clear();
        exchange.Route(new RouteRequest(routingKey), _result);
        return new Route
        {
            Exchange = exchange,
            ExchangeName = name.ToArray(),
            RoutingKey = routingKey.ToArray(),
            TopologyVersion = topologyVersion,
            PermissionVersion = permissionVersion,
            ReplyToken = name.IsEmpty && ReplyAddress.TryRead(routingKey, out UInt128 token) ? token : null,
            Queues = _result.IsKeyDecisive ? _result.Queues.ToArray() : null,
        };
    }
}
