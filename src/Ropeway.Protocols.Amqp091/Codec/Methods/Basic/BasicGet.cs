namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.get (60, 70), sent by the client. Asks for one message.</summary>
/// <remarks>
/// <code>| reserved u16 | queue shortstr | bits u8 (no-ack) |</code>
/// </remarks>
public readonly ref struct BasicGet : IMethod<BasicGet>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicGet;

    /// <summary>Queue name; empty for the queue declared last on the channel.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Whether the message counts as acknowledged when sent.</summary>
    public bool NoAck { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4 + Queue.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicGet method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> queue = reader.ReadName();
        byte bits = reader.ReadBits();
        method = new BasicGet
        {
            Queue = queue,
            NoAck = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Queue);
        writer.WriteBits(NoAck);
    }
}
