namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>channel.open-ok (20, 11), sent by the server. The channel is ready for use.</summary>
/// <remarks>
/// <code>| reserved longstr |</code>
/// </remarks>
public readonly ref struct ChannelOpenOk : IMethod<ChannelOpenOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ChannelOpenOk;

    /// <inheritdoc/>
    public int ArgumentBytes => 4;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ChannelOpenOk method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadLongString(); // Reserved.
        method = default;
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongString(default);
    }
}
