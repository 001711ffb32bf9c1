namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.unbind (50, 50), sent by the client. Removes a binding of a queue.</summary>
/// <remarks>
/// <code>| reserved u16 | queue shortstr | exchange shortstr | routing-key shortstr | arguments table |</code>
/// </remarks>
public readonly ref struct QueueUnbind : IMethod<QueueUnbind>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueueUnbind;

    /// <summary>Queue name; empty for the queue declared last on the channel.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Exchange name.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Routing key, at most 255 bytes.</summary>
    public ReadOnlySpan<byte> RoutingKey { get; init; }

    /// <summary>Raw table with its 4-byte length; empty counts as the empty table when written.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 5 + Queue.Length + Exchange.Length + RoutingKey.Length + FrameWriter.TableBytes(Arguments);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueueUnbind method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> queue = reader.ReadName();
        ReadOnlySpan<byte> exchange = reader.ReadName();
        ReadOnlySpan<byte> routingKey = reader.ReadName();
        ReadOnlySpan<byte> table = reader.ReadTable();
        method = new QueueUnbind
        {
            Queue = queue,
            Exchange = exchange,
            RoutingKey = routingKey,
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
        writer.WriteTable(Arguments);
    }
}
