namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.recover (60, 110), sent by the client. Redelivers what is not acknowledged.</summary>
/// <remarks>
/// <code>| bits u8 (requeue) |</code>
/// </remarks>
public readonly ref struct BasicRecover : IMethod<BasicRecover>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicRecover;

    /// <summary>Whether to put the messages back into their queues; false is not supported.</summary>
    public bool Requeue { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicRecover method)
    {
        var reader = new MethodReader(arguments);
        byte bits = reader.ReadBits();
        method = new BasicRecover
        {
            Requeue = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteBits(Requeue);
    }
}
