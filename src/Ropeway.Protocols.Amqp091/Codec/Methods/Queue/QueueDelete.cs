namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.delete (50, 40), sent by the client. Deletes a queue.</summary>
/// <remarks>
/// <code>| reserved u16 | queue shortstr | bits u8 (if-unused, if-empty, no-wait) |</code>
/// </remarks>
public readonly ref struct QueueDelete : IMethod<QueueDelete>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueueDelete;

    /// <summary>Queue name; empty for the queue declared last on the channel.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Whether to refuse when it has consumers.</summary>
    public bool IfUnused { get; init; }

    /// <summary>Whether to refuse when it has messages.</summary>
    public bool IfEmpty { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4 + Queue.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueueDelete method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> queue = reader.ReadName();
        byte bits = reader.ReadBits();
        method = new QueueDelete
        {
            Queue = queue,
            IfUnused = (bits & 0x01) != 0,
            IfEmpty = (bits & 0x02) != 0,
            NoWait = (bits & 0x04) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(IfUnused, IfEmpty, NoWait);
    }
}
