namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.purge-ok (50, 31), sent by the server. The queue was purged.</summary>
/// <remarks>
/// <code>| message-count u32 |</code>
/// </remarks>
public readonly ref struct QueuePurgeOk : IMethod<QueuePurgeOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueuePurgeOk;

    /// <summary>Messages deleted.</summary>
    public uint MessageCount { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueuePurgeOk method)
    {
        var reader = new MethodReader(arguments);
        uint messageCount = reader.ReadLong();
        method = new QueuePurgeOk
        {
            MessageCount = messageCount,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLong(MessageCount);
    }
}
