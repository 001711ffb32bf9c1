namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>queue.delete-ok (50, 41), sent by the server. The queue was deleted.</summary>
/// <remarks>
/// <code>| message-count u32 |</code>
/// </remarks>
public readonly ref struct QueueDeleteOk : IMethod<QueueDeleteOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.QueueDeleteOk;

    /// <summary>Messages deleted with it.</summary>
    public uint MessageCount { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out QueueDeleteOk method)
    {
        var reader = new MethodReader(arguments);
        uint messageCount = reader.ReadLong();
        method = new QueueDeleteOk
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
