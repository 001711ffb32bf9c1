namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>exchange.unbind (40, 40), sent by the client. Removes a binding between exchanges (RabbitMQ extension).</summary>
/// <remarks>
/// <code>| reserved u16 | destination shortstr | source shortstr | routing-key shortstr | bits u8 (no-wait) | arguments table |</code>
/// </remarks>
public readonly ref struct ExchangeUnbind : IMethod<ExchangeUnbind>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ExchangeUnbind;

    /// <summary>Exchange that gets the messages.</summary>
    public ReadOnlySpan<byte> Destination { get; init; }

    /// <summary>Exchange that gives the messages.</summary>
    public ReadOnlySpan<byte> Source { get; init; }

    /// <summary>Routing key, at most 255 bytes.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <summary>Raw table with its 4-byte length; empty counts as the empty table when written.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 6 + Destination.Length + Source.Length + RoutingKey.Length + FrameWriter.TableBytes(Arguments);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ExchangeUnbind method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> destination = reader.ReadName();
        ReadOnlySpan<byte> source = reader.ReadName();
        ReadOnlySpan<byte> routingKey = reader.ReadName();
        byte bits = reader.ReadBits();
        ReadOnlySpan<byte> table = reader.ReadTable();
        method = new ExchangeUnbind
        {
            Destination = destination,
            Source = source,
            RoutingKey = routingKey,
            NoWait = (bits & 0x01) != 0,
            Arguments = table,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Destination);
        writer.WriteShortString(Source);
        writer.WriteShortString(RoutingKey);
        writer.WriteBits(NoWait);
        writer.WriteTable(Arguments);
    }
}
