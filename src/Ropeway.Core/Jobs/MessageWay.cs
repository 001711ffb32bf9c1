using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Core.Jobs;

/// <summary>Says where a message of a job goes, and under which names. Owned by one job.</summary>
/// <param name="request">What the job is to do.</param>
internal sealed class MessageWay(JobRequest request)
{
    private readonly RouteResult _route = new();
    private readonly byte[]? _exchange = request.TargetExchange is { } exchange ? Encoding.UTF8.GetBytes(exchange.Name) : null;
    private readonly byte[]? _routingKey = request.RoutingKey is { } key ? Encoding.UTF8.GetBytes(key) : null;

    /// <summary>The queues that the message goes to. Valid until the next <see cref="Find"/>.</summary>
    public ReadOnlySpan<Queue> Queues => _route.Queues;

    /// <summary>Exchanges that keep a copy. Valid as long.</summary>
    public ReadOnlySpan<RecentHistory> Histories => _route.Histories;

    /// <summary>Its exchange's name from now on, UTF-8; null to keep its own.</summary>
    public byte[]? Exchange { get; private set; }

    /// <summary>Its routing key from now on, UTF-8; null to keep its own.</summary>
    public byte[]? RoutingKey { get; private set; }

    /// <summary>Finds it.</summary>
    /// <returns>Null, or why the message stays: a <see cref="LeaveReason"/>.</returns>
    public string? Find(scoped in StoredMessage message)
    {
        _route.Clear();
        Exchange = _exchange;
        RoutingKey = _routingKey;
        if (request.Kind == JobKind.Redrive)
        {
            return FindOrigin(message);
        }

        if (request.TargetQueue is { } queue)
        {
            _route.Add(queue);
            return null;
        }

        return FindRoute(request.TargetExchange!, message);
    }

    private string? FindRoute(Exchange exchange, scoped in StoredMessage message)
    {
        ContentProperties properties = ContentProperties.Read(message.Properties);
        ReadOnlySpan<byte> key = _routingKey ?? message.RoutingKey;
        if (exchange.Type == ExchangeType.Topic && !request.MayPublish(exchange, Encoding.UTF8.GetString(key)))
        {
            return LeaveReason.Forbidden;
        }

        exchange.Route(
            new RouteRequest(key, properties.Headers)
            {
                CorrelationId = properties.CorrelationId,
                MessageId = properties.MessageId,
                TimestampSeconds = properties.TimestampSeconds,
            },
            _route);
        return _route.Count == 0 ? LeaveReason.Unroutable : null;
    }

    /// <summary>The queue that the message died in first, under the names that it had there.</summary>
    private string? FindOrigin(scoped in StoredMessage message)
    {
        ContentProperties properties = ContentProperties.Read(message.Properties);
        if (!FieldTableCodec.TryRead(properties.Headers, out FieldTable? headers, out _)
            || DeathHistory.FindOrigin(headers) is not { } origin
            || !request.Source.Host.TryGetQueue(origin.Queue, out Queue? queue)
            || ReferenceEquals(queue, request.Source))
        {
            return LeaveReason.Unknown;
        }

        _route.Add(queue);
        Exchange = NameOf(origin.Exchange);
        RoutingKey = NameOf(origin.RoutingKey);
        return null;
    }

    private static byte[]? NameOf(object? name) => name switch
    {
        string text when Encoding.UTF8.GetByteCount(text) <= byte.MaxValue => Encoding.UTF8.GetBytes(text),
        byte[] { Length: <= byte.MaxValue } bytes => bytes,
        _ => null,
    };
}
