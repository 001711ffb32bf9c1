using System.Globalization;
using System.Text;
using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Messages;
using Ropeway.Security;

namespace Ropeway.Management.Messages;

/// <summary>One message that a client publishes over HTTP. Made and published by one request; a socket thread is not to do it, because it may wait.</summary>
internal sealed class IncomingMessage
{
    private const long ExpirationMsMax = 315_360_000_000; // Ten years, as over AMQP.
    private const byte PersistentMode = 2;

    private readonly FieldTable _properties;
    private readonly byte[] _routingKey;
    private readonly byte[] _body;

    private IncomingMessage(FieldTable properties, byte[] routingKey, byte[] body)
    {
        _properties = properties;
        _routingKey = routingKey;
        _body = body;
    }

    /// <summary>Reads <c>properties</c>, <c>routing_key</c>, <c>payload</c> and <c>payload_encoding</c>, and checks what AMQP would check.</summary>
    /// <param name="json">The request.</param>
    /// <param name="user">Who publishes.</param>
    /// <exception cref="ApiException">Something is missing or wrong.</exception>
    public static IncomingMessage Read(JsonBody json, User user)
    {
        byte[] routingKey = Encoding.UTF8.GetBytes(json.RequiredText("routing_key"));
        if (routingKey.Length > byte.MaxValue)
        {
            ApiException.ThrowBadRequest($"routing_key is longer than {byte.MaxValue} bytes");
        }

        FieldTable properties = json.Has("properties")
            ? PropertyTable.Read(json.ObjectOrEmpty("properties"))
            : throw ApiException.BadRequest("[{key_missing,properties}]");
        if (properties.TryGetString("user_id", out string? claimed) && claimed != user.Name && !user.HasTag(UserTags.Impersonator))
        {
            ApiException.ThrowBadRequest($"406 PRECONDITION_FAILED - user_id property set to '{claimed}' but authenticated user was '{user.Name}'");
        }

        var message = new IncomingMessage(properties, routingKey, PayloadOf(json));
        message.ReadExpirationMs();
        int propertiesBytes = PropertyTable.Encode(properties).Length;
        if (propertiesBytes > ManagementLimits.PropertiesBytesMax)
        {
            ApiException.ThrowBadRequest($"properties of {propertiesBytes} bytes are over {ManagementLimits.PropertiesBytesMax}");
        }

        int bytes = StoredMessage.GetByteCountWithoutBody(byte.MaxValue, byte.MaxValue, propertiesBytes) + message._body.Length;
        return bytes <= ManagementLimits.MessageBytesMax
            ? message
            : throw ApiException.BadRequest($"a message of {bytes} bytes is over {ManagementLimits.MessageBytesMax}: larger ones go over AMQP");
    }

    /// <summary>Gives the message to the queues that it leads to, or has it wait for its time.</summary>
    /// <param name="request">Who publishes; what the user may do with the exchange was checked.</param>
    /// <param name="host">The virtual host.</param>
    /// <param name="exchange">Where it is published.</param>
    /// <param name="index">The index to wait for.</param>
    /// <returns>False when it leads nowhere.</returns>
    /// <exception cref="ApiException">A queue refused it, a topic permission forbids it, or a header that changes its way is wrong.</exception>
    public bool Publish(ApiRequest request, VirtualHost host, Exchange exchange, out ulong index)
    {
        long nowMs = request.Broker.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var route = new RouteResult();
        long heldUntilMs = RouteTo(request, exchange, nowMs, route);
        if (_properties.TryGet("headers", out object? headers) && (route.Count > 0 || route.Delayers.IsEmpty))
        {
            ((FieldTable)headers!).Remove(Encoding.ASCII.GetString(CopyKeys.BlindHeader)); // What only waits needs it to be routed.
        }

        var batch = new PublishBatch();
        byte[] source = AddTo(batch, exchange, nowMs);
        foreach (Queue queue in route.Queues)
        {
            batch.Route(0, queue);
        }

        foreach (RecentHistory history in route.Histories)
        {
            batch.Keep(0, history);
        }

        host.Delay(batch, 0, route.Delayers, heldUntilMs);
        DispatchBatch dispatch = DispatchBatch.Begin();
        index = request.Broker.Tracing.Publish(batch, source, dispatch, new HttpSender(host.Name, $"the HTTP API, user {request.User.Name} from {request.Remote}"), request.Broker.Durability);
        dispatch.Flush();
        bool isLost = route.Count + route.Delayers.Length + route.Histories.Length == 0;
        exchange.Count(published: 1, route.Count, unroutable: isLost ? 1 : 0);
        host.Count().AddShared(MessageEvent.Published, 1);
        host.Count().AddShared(MessageEvent.Unroutable, isLost ? 1 : 0);
        return !batch[0].IsRejected ? route.Count + route.Delayers.Length > 0 : throw ApiException.BadRequest("rejected");
    }

    private static byte[] PayloadOf(JsonBody json)
    {
        string payload = json.RequiredText("payload");
        switch (json.RequiredText("payload_encoding"))
        {
            case "string":
                return Encoding.UTF8.GetBytes(payload);
            case "base64":
                byte[] bytes = new byte[payload.Length];
                return Convert.TryFromBase64String(payload, bytes, out int count) ? bytes[..count] : throw ApiException.BadRequest("not_base64: payload");
            case var encoding:
                throw ApiException.BadRequest($"unsupported_encoding: {encoding}");
        }
    }

    /// <summary>Finds where the message goes.</summary>
    /// <returns>When exchanges that hold it back pass it on, in milliseconds since the Unix epoch.</returns>
    private long RouteTo(ApiRequest request, Exchange exchange, long nowMs, RouteResult route)
    {
        byte[] encoded = PropertyTable.Encode(_properties);
        var read = ContentProperties.Read(encoded);
        DelayHeaders delay = default;
        if (!CopyKeys.TryRead(read.Headers, out CopyKeys copies, out string? problem) || !DelayHeaders.TryRead(read.Headers, nowMs, out delay, out problem))
        {
            ApiException.ThrowBadRequest($"406 PRECONDITION_FAILED - invalid message: {problem}");
        }

        RequireTopic(request, exchange, _routingKey);
        foreach (ReadOnlySpan<byte> key in copies)
        {
            RequireTopic(request, exchange, key);
        }

        if (delay.DueMs != 0)
        {
            route.Delay(exchange);
            return delay.HeldUntilMs;
        }

        var wanted = new RouteRequest(_routingKey, read.Headers)
        {
            Copies = copies,
            IsDelayed = delay.ExchangeDueMs != 0,
            CorrelationId = read.CorrelationId,
            MessageId = read.MessageId,
            TimestampSeconds = read.TimestampSeconds,
        };
        exchange.Route(wanted, route);
        return delay.HeldUntilMs;
    }

    private static void RequireTopic(ApiRequest request, Exchange exchange, ReadOnlySpan<byte> key)
    {
        if (exchange.Type == ExchangeType.Topic
            && !request.Broker.Permissions.Topics.Authorize(request.User, request["vhost"], AccessOperation.Write, exchange.Name, Encoding.UTF8.GetString(key)))
        {
            throw ApiException.NotAuthorised("Access refused.");
        }
    }

    private long? ReadExpirationMs()
    {
        if (!_properties.TryGetString("expiration", out string? text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long expirationMs) && expirationMs <= ExpirationMsMax
            ? expirationMs
            : throw ApiException.BadRequest($"406 PRECONDITION_FAILED - invalid expiration '{text}'");
    }

    /// <summary>Adds the message as the first of a batch.</summary>
    /// <returns>What the item's positions refer to.</returns>
    private byte[] AddTo(PublishBatch batch, Exchange exchange, long nowMs)
    {
        byte[] name = Encoding.UTF8.GetBytes(exchange.Name);
        byte[] properties = PropertyTable.Encode(_properties);
        MessageFlags flags = _properties.TryGetInteger("delivery_mode", out long mode) && mode == PersistentMode ? MessageFlags.Persistent : MessageFlags.None;
        byte priority = _properties.TryGetInteger("priority", out long number) ? (byte)number : (byte)0;
        batch[batch.Add()] = new PublishItem
        {
            Head = new MessageHead(MessageOrigin.Amqp091, flags, priority, nowMs, ReadExpirationMs() is { } expirationMs ? nowMs + expirationMs : 0),
            ExchangeStart = 0,
            ExchangeBytes = (byte)name.Length,
            RoutingKeyStart = name.Length,
            RoutingKeyBytes = (byte)_routingKey.Length,
            PropertiesStart = name.Length + _routingKey.Length,
            PropertiesBytes = properties.Length,
            BodyStart = name.Length + _routingKey.Length + properties.Length,
            BodyBytes = _body.Length,
        };
        return [.. name, .. _routingKey, .. properties, .. _body];
    }
}
