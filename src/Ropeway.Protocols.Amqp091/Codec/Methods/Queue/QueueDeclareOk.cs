namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.declare-ok (50, 11), sent by the server. The queue exists.</summary>
/// <remarks>
/// <code>| queue shortstr | message-count u32 | consumer-count u32 |</code>
/// </remarks>
public readonly ref struct QueueDeclareOk : IMethod<QueueDeclareOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueueDeclareOk;

    /// <summary>Queue name.</summary>
    public ReadOnlySpan<byte> Queue { get; init; }

    /// <summary>Messages ready for delivery.</summary>
    public uint MessageCount { get; init; }

    /// <summary>Consumers.</summary>
    public uint ConsumerCount { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 9 + Queue.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueueDeclareOk method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> queue = reader.ReadName();
        uint messageCount = reader.ReadLong();
        uint consumerCount = reader.ReadLong();
        method = new QueueDeclareOk
        {
            Queue = queue,
            MessageCount = messageCount,
            ConsumerCount = consumerCount,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(Queue);
        writer.WriteLong(MessageCount);
        writer.WriteLong(ConsumerCount);
    }
}
