namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>channel.open (20, 10), sent by the client. Opens the channel of the frame.</summary>
/// <remarks>
/// <code>| reserved shortstr |</code>
/// </remarks>
public readonly ref struct ChannelOpen : IMethod<ChannelOpen>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ChannelOpen;

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ChannelOpen method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadName(); // Reserved.
        method = default;
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(default);
    }
}
