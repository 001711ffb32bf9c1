namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.cancel (60, 30), sent by both sides. Ends a consumer; sent by the server when its queue is gone and the client announced consumer_cancel_notify.</summary>
/// <remarks>
/// <code>| consumer-tag shortstr | bits u8 (no-wait) |</code>
/// </remarks>
public readonly ref struct BasicCancel : IMethod<BasicCancel>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicCancel;

    /// <summary>Name of the consumer on its channel.</summary>
    public ReadOnlySpan<byte> ConsumerTag { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 2 + ConsumerTag.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicCancel method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> consumerTag = reader.ReadName();
        byte bits = reader.ReadBits();
        method = new BasicCancel
        {
            ConsumerTag = consumerTag,
            NoWait = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(ConsumerTag);
        writer.WriteBits(NoWait);
    }
}
