namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.deliver (60, 60), sent by the server. Delivers a message to a consumer; content header and body follow.</summary>
/// <remarks>
/// Hot path: one per message. <see cref="ContentFrames"/> writes it with its content.
/// <code>| consumer-tag shortstr | delivery-tag u64 | bits u8 (redelivered) | exchange shortstr | routing-key shortstr |</code>
/// </remarks>
public readonly ref struct BasicDeliver : IMethod<BasicDeliver>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicDeliver;

    /// <summary>Name of the consumer on its channel.</summary>
    public ReadOnlySpan<byte> ConsumerTag { get; init; }

    /// <summary>Tag of the delivery on its channel, from 1.</summary>
    public ulong DeliveryTag { get; init; }

    /// <summary>Whether it was, or may have been, delivered before.</summary>
    public bool Redelivered { get; init; }

    /// <summary>Exchange name, any bytes; empty for the default exchange.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Routing key, any bytes, at most 255.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 12 + ConsumerTag.Length + Exchange.Length + RoutingKey.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicDeliver method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> consumerTag = reader.ReadShortString();
        ulong deliveryTag = reader.ReadLongLong();
        byte bits = reader.ReadBits();
        ReadOnlySpan<byte> exchange = reader.ReadShortString();
        ReadOnlySpan<byte> routingKey = reader.ReadShortString();
        method = new BasicDeliver
        {
            ConsumerTag = consumerTag,
            DeliveryTag = deliveryTag,
            Redelivered = (bits & 0x01) != 0,
            Exchange = exchange,
            RoutingKey = routingKey,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(ConsumerTag);
        writer.WriteLongLong(DeliveryTag);
        writer.WriteBits(Redelivered);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
    }
}
