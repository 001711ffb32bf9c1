namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>channel.flow (20, 20), sent by both sides. Asks the peer to pause or resume its content.</summary>
/// <remarks>
/// <code>| bits u8 (active) |</code>
/// </remarks>
public readonly ref struct ChannelFlow : IMethod<ChannelFlow>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ChannelFlow;

    /// <summary>Whether content may be sent.</summary>
    public bool Active { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ChannelFlow method)
    {
        var reader = new MethodReader(arguments);
        byte bits = reader.ReadBits();
        method = new ChannelFlow
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
