namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.return (60, 50), sent by the server. Gives a mandatory message back; content header and body follow.</summary>
/// <remarks>
/// <code>| reply-code u16 | reply-text shortstr | exchange shortstr | routing-key shortstr |</code>
/// </remarks>
public readonly ref struct BasicReturn : IMethod<BasicReturn>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicReturn;

    /// <summary>312 when no queue took it.</summary>
    public ReplyCode ReplyCode { get; init; }

    /// <summary>UTF-8 text, at most 255 bytes.</summary>
    public ReadOnlySpan<byte> ReplyText { get; init; }

    /// <summary>Exchange name, any bytes; empty for the default exchange.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Routing key, any bytes, at most 255.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 5 + ReplyText.Length + Exchange.Length + RoutingKey.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicReturn method)
    {
        var reader = new MethodReader(arguments);
        ReplyCode replyCode = (ReplyCode)reader.ReadShort();
        ReadOnlySpan<byte> replyText = reader.ReadShortString();
        ReadOnlySpan<byte> exchange = reader.ReadShortString();
        ReadOnlySpan<byte> routingKey = reader.ReadShortString();
        method = new BasicReturn
        {
            ReplyCode = replyCode,
            ReplyText = replyText,
            Exchange = exchange,
            RoutingKey = routingKey,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort((ushort)ReplyCode);
        writer.WriteShortString(ReplyText);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
    }
}
