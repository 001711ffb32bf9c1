namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.get-ok (60, 71), sent by the server. Answers a get with a message; content header and body follow.</summary>
/// <remarks>
/// <code>| delivery-tag u64 | bits u8 (redelivered) | exchange shortstr | routing-key shortstr | message-count u32 |</code>
/// </remarks>
public readonly ref struct BasicGetOk : IMethod<BasicGetOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicGetOk;

    /// <summary>Tag of the delivery on its channel, from 1.</summary>
    public ulong DeliveryTag { get; init; }

    /// <summary>Whether it was, or may have been, delivered before.</summary>
    public bool Redelivered { get; init; }

    /// <summary>Exchange name, any bytes; empty for the default exchange.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Routing key, any bytes, at most 255.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <summary>Messages still ready in the queue.</summary>
    public uint MessageCount { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 15 + Exchange.Length + RoutingKey.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicGetOk method)
    {
        var reader = new MethodReader(arguments);
        ulong deliveryTag = reader.ReadLongLong();
        byte bits = reader.ReadBits();
        ReadOnlySpan<byte> exchange = reader.ReadShortString();
        ReadOnlySpan<byte> routingKey = reader.ReadShortString();
        uint messageCount = reader.ReadLong();
        method = new BasicGetOk
        {
            DeliveryTag = deliveryTag,
            Redelivered = (bits & 0x01) != 0,
            Exchange = exchange,
            RoutingKey = routingKey,
            MessageCount = messageCount,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongLong(DeliveryTag);
        writer.WriteBits(Redelivered);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
        writer.WriteLong(MessageCount);
    }
}
