namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.bind (50, 20), sent by the client. Binds a queue to an exchange.</summary>
/// <remarks>
/// <code>| reserved u16 | queue shortstr | exchange shortstr | routing-key shortstr | bits u8 (no-wait) | arguments table |</code>
/// </remarks>
public readonly ref struct QueueBind : IMethod<QueueBind>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueueBind;

    /// <summary>Queue name; empty for the queue declared last on the channel.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Exchange name.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Routing key, at most 255 bytes.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <summary>Raw table with its 4-byte length; empty counts as the empty table when written.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 6 + Queue.Length + Exchange.Length + RoutingKey.Length + FrameWriter.TableBytes(Arguments);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueueBind method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> queue = reader.ReadName();
        ReadOnlySpan<byte> exchange = reader.ReadName();
        ReadOnlySpan<byte> routingKey = reader.ReadName();
        byte bits = reader.ReadBits();
        ReadOnlySpan<byte> table = reader.ReadTable();
        method = new QueueBind
        {
            Queue = queue,
            Exchange = exchange,
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
        writer.WriteShortString(Queue);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(RoutingKey);
        writer.WriteBits(NoWait);
        writer.WriteTable(Arguments);
    }
}
