namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.recover-async (60, 100), sent by the client. Redelivers what is not acknowledged, without a reply; deprecated.</summary>
/// <remarks>
/// <code>| bits u8 (requeue) |</code>
/// </remarks>
public readonly ref struct BasicRecoverAsync : IMethod<BasicRecoverAsync>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicRecoverAsync;

    /// <summary>Whether to put the messages back into their queues; false is not supported.</summary>
    public bool Requeue { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicRecoverAsync method)
    {
        var reader = new MethodReader(arguments);
        byte bits = reader.ReadBits();
        method = new BasicRecoverAsync
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
