using System.Text;
using Ropeway.Buffers;
using Ropeway.Core.Delays;
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
        if (_last is null || !IsFor(_last, exchange, routingKey))
        {
            ref Route? slot = ref _entries[(Crc32C.Compute(routingKey) ^ Crc32C.Compute(exchange)) & (EntryCount - 1)];
            if (slot is null || !IsFor(slot, exchange, routingKey))
            {
                if (slot is null || slot.IsHeld)
                {
                    slot = new Route();
                }

                slot.Rename(exchange, routingKey);
            }

            _last = slot;
        }

        if (_last.Exchange is null || _last.TopologyVersion != session.Host.TopologyVersion || _last.PermissionVersion != session.Access.Version)
        {
            Refresh(_last);
        }

        return _last;
    }

    /// <summary>The queues that a message takes; valid until the next call.</summary>
    /// <param name="route">A route found by <see cref="Find"/>.</param>
    /// <param name="properties">The message's raw properties.</param>
    /// <param name="hasCopies">Whether they hold <see cref="CopyKeys"/>.</param>
    /// <param name="delay">What they say about waiting.</param>
    /// <exception cref="ProtocolException">403 for a copy's key that may not be used.</exception>
    public ReadOnlySpan<Queue> FindQueues(Route route, ReadOnlySpan<byte> properties, bool hasCopies, DelayHeaders delay)
    {
        bool isByKey = route.Exchange is null || (!hasCopies && !delay.AreAny); // No exchange: a direct reply.
        _isCached = route.Queues is not null && isByKey;
        if (_isCached)
        {
            return route.Queues!;
        }

        BasicProperties.TryRead(properties, out BasicProperties read); // Checked on arrival; false leaves it without any property.
        CopyKeys.TryRead(hasCopies ? read.Headers : [], out CopyKeys copies, out _); // Also checked.
        foreach (ReadOnlySpan<byte> key in copies)
        {
            session.Access.RequireTopic(AccessOperation.Write, route.Exchange!, key, MethodId.BasicPublish);
        }

        _result.Clear();
        if (delay.DueMs != 0)
        {
            _result.Delay(route.Exchange!);
            return [];
        }

        var request = new RouteRequest(route.RoutingKey, read.Headers)
        {
            Copies = copies,
            IsDelayed = delay.ExchangeDueMs != 0,
            CorrelationId = read.CorrelationId,
            MessageId = read.MessageId,
            TimestampSeconds = read.Timestamp?.Seconds ?? 0,
        };
        route.Exchange!.Route(request, _result);
        return _result.Queues;
    }

    /// <summary>Who wants a copy of the message that <see cref="FindQueues"/> was last called for.</summary>
    public ReadOnlySpan<RecentHistory> Histories => _isCached ? [] : _result.Histories;

    /// <summary>The exchanges that pass the message that <see cref="FindQueues"/> was last called for on when its time has come.</summary>
    public ReadOnlySpan<Exchange> Delayers => _isCached ? [] : _result.Delayers;

    private static bool IsFor(Route route, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey) =>
        routingKey.SequenceEqual(route.RoutingKey) && exchange.SequenceEqual(route.ExchangeName);

    /// <summary>Routes again. Allocates nothing when the answer is the same, because others may change the topology all the time.</summary>
    private void Refresh(Route route)
    {
        long topologyVersion = session.Host.TopologyVersion; // Before routing: a change meanwhile makes the entry stale, not wrong.
        long permissionVersion = session.Access.Version;
        if (!session.Host.TryGetExchange(route.ExchangeName, out Exchange? exchange))
        {
            throw new ProtocolException(ErrorTexts.NotFound(ErrorTexts.Exchange(Encoding.UTF8.GetString(route.ExchangeName), session.Host.Name)) with { Method = MethodId.BasicPublish });
        }

        session.Access.RequireExchange(AccessOperation.Write, exchange.Name, MethodId.BasicPublish);
        session.Access.RequireTopic(AccessOperation.Write, exchange, route.RoutingKey, MethodId.BasicPublish);
        if (exchange.Internal)
        {
            throw new ProtocolException(ErrorTexts.InternalExchange(ErrorTexts.Exchange(exchange.Name, session.Host.Name)) with { Method = MethodId.BasicPublish });
        }

        _result.Clear();
        exchange.Route(new RouteRequest(route.RoutingKey), _result);
        route.SetQueues(_result.Queues, _result.IsKeyDecisive);
        route.Exchange = exchange;
        route.TopologyVersion = topologyVersion;
        route.PermissionVersion = permissionVersion;
    }
}
