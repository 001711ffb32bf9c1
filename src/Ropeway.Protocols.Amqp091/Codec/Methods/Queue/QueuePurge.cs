namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.purge (50, 30), sent by the client. Deletes the ready messages of a queue.</summary>
/// <remarks>
/// <code>| reserved u16 | queue shortstr | bits u8 (no-wait) |</code>
/// </remarks>
public readonly ref struct QueuePurge : IMethod<QueuePurge>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueuePurge;

    /// <summary>Queue name; empty for the queue declared last on the channel.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4 + Queue.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueuePurge method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> queue = reader.ReadName();
        byte bits = reader.ReadBits();
        method = new QueuePurge
        {
            Queue = queue,
            NoWait = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(NoWait);
    }
}
