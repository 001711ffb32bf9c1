namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.declare (50, 10), sent by the client. Creates a queue or checks an existing one.</summary>
/// <remarks>
/// <code>| reserved u16 | queue shortstr | bits u8 (passive, durable, exclusive, auto-delete, no-wait) | arguments table |</code>
/// </remarks>
public readonly ref struct QueueDeclare : IMethod<QueueDeclare>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueueDeclare;

    /// <summary>Queue name; empty for a name made by the server.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Whether to check only.</summary>
    public bool Passive { get; init; }

    /// <summary>Whether it outlives a restart.</summary>
    public bool Durable { get; init; }

    /// <summary>Whether only this connection may use it, and it goes with it.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether it goes when its last consumer goes.</summary>
    public bool AutoDelete { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <summary>Raw table with its 4-byte length; empty counts as the empty table when written.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4 + Queue.Length + FrameWriter.TableBytes(Arguments);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueueDeclare method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> queue = reader.ReadName();
        byte bits = reader.ReadBits();
        ReadOnlySpan<byte> table = reader.ReadTable();
        method = new QueueDeclare
        {
            Queue = queue,
            Passive = (bits & 0x01) != 0,
            Durable = (bits & 0x02) != 0,
            Exclusive = (bits & 0x04) != 0,
            AutoDelete = (bits & 0x08) != 0,
            NoWait = (bits & 0x10) != 0,
            Arguments = table,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(Passive, Durable, Exclusive, AutoDelete, NoWait);
        writer.WriteTable(Arguments);
    }
}
