namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>channel.flow-ok (20, 21), sent by both sides. Confirms a flow request.</summary>
/// <remarks>
/// <code>| bits u8 (active) |</code>
/// </remarks>
public readonly ref struct ChannelFlowOk : IMethod<ChannelFlowOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ChannelFlowOk;

    /// <summary>Whether content will be sent.</summary>
    public bool Active { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ChannelFlowOk method)
    {
        var reader = new MethodReader(arguments);
        byte bits = reader.ReadBits();
        method = new ChannelFlowOk
        {
            Active = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteBits(Active);
    }
}
