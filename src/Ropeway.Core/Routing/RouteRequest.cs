namespace Ropeway.Core.Routing;

/// <summary>What an exchange may look at when it routes one message. The spans need to live for the call only.</summary>
public readonly ref struct RouteRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="routingKey">The key's UTF-8 bytes.</param>
    /// <param name="headers">The message's headers as an encoded AMQP 0-9-1 table with its 32-bit length in front, or empty when it has none.</param>
    public RouteRequest(ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> headers = default)
    {
        RoutingKey = routingKey;
        Headers = headers;
    }

    /// <summary>The key's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; }

    /// <summary>The encoded headers table with its length in front; empty when there are none.</summary>
    public ReadOnlySpan<byte> Headers { get; }

    /// <summary>Further routing keys from the headers; whoever makes the request reads them.</summary>
    public CopyKeys Copies { get; init; }

    /// <summary>Whether exchanges of type x-delayed-message are to hold the message back.</summary>
    public bool IsDelayed { get; init; }

    /// <summary>The message's correlation id; empty when it has none.</summary>
    public ReadOnlySpan<byte> CorrelationId { get; init; }

    /// <summary>The message's own id; empty when it has none.</summary>
    public ReadOnlySpan<byte> MessageId { get; init; }

    /// <summary>The time that the message's producer gave it, in seconds since the Unix epoch; 0 when it has none.</summary>
    public ulong TimestampSeconds { get; init; }

    /// <summary>The same message when exchanges that held it back pass it on.</summary>
    internal RouteRequest WhenDue() => new(RoutingKey, Headers)
    {
        Copies = Copies,
        CorrelationId = CorrelationId,
        MessageId = MessageId,
        TimestampSeconds = TimestampSeconds,
    };

    /// <summary>The same message with another of its keys, which is the only one then.</summary>
    internal RouteRequest WithKey(ReadOnlySpan<byte> routingKey) => new(routingKey, Headers);
}
