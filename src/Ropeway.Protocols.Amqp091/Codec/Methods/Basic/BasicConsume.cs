namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.consume (60, 20), sent by the client. Starts a consumer.</summary>
/// <remarks>
/// <code>| reserved u16 | queue shortstr | consumer-tag shortstr | bits u8 (no-local, no-ack, exclusive, no-wait) | arguments table |</code>
/// </remarks>
public readonly ref struct BasicConsume : IMethod<BasicConsume>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicConsume;

    /// <summary>Queue name; empty for the queue declared last on the channel.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Name of the consumer on its channel; empty for a tag made by the server.</summary>
    public ReadOnlySpan<byte> ConsumerTag { get; init; }

    /// <summary>Whether to leave out messages of this connection; not supported.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Whether deliveries count as acknowledged when sent.</summary>
    public bool NoAck { get; init; }

    /// <summary>Whether no other consumer may use the queue.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <summary>Raw table with its 4-byte length; empty counts as the empty table when written.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 5 + Queue.Length + ConsumerTag.Length + FrameWriter.TableBytes(Arguments);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicConsume method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> queue = reader.ReadName();
        ReadOnlySpan<byte> consumerTag = reader.ReadName();
        byte bits = reader.ReadBits();
        ReadOnlySpan<byte> table = reader.ReadTable();
        method = new BasicConsume
        {
            Queue = queue,
            ConsumerTag = consumerTag,
            NoLocal = (bits & 0x01) != 0,
            NoAck = (bits & 0x02) != 0,
            Exclusive = (bits & 0x04) != 0,
            NoWait = (bits & 0x08) != 0,
            Arguments = table,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Queue);
        writer.WriteShortString(ConsumerTag);
        writer.WriteBits(NoLocal, NoAck, Exclusive, NoWait);
        writer.WriteTable(Arguments);
    }
}
