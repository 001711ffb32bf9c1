namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.publish (60, 40), sent by the client. Publishes a message; content header and body follow.</summary>
/// <remarks>
/// Hot path: one per message.
/// <code>| reserved u16 | exchange shortstr | routing-key shortstr | bits u8 (mandatory, immediate) |</code>
/// </remarks>
public readonly ref struct BasicPublish : IMethod<BasicPublish>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicPublish;

    /// <summary>Exchange name, any bytes; empty for the default exchange.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Routing key, any bytes, at most 255.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <summary>Whether to return the message when no queue takes it.</summary>
    public bool Mandatory { get; init; }

    /// <summary>Whether to return the message when no consumer takes it at once; not supported.</summary>
    public bool Immediate { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 5 + Exchange.Length + RoutingKey.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicPublish method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> exchange = reader.ReadShortString();
        ReadOnlySpan<byte> routingKey = reader.ReadShortString();
        byte bits = reader.ReadBits();
        method = new BasicPublish
        {
            Exchange = exchange,
            RoutingKey = routingKey,
            Mandatory = (bits & 0x01) != 0,
            Immediate = (bits & 0x02) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
        writer.WriteBits(Mandatory, Immediate);
    }
}
