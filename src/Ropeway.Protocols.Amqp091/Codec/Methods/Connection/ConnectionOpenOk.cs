namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.open-ok (10, 41), sent by the server. The connection is ready for use.</summary>
/// <remarks>
/// <code>| reserved shortstr |</code>
/// </remarks>
public readonly ref struct ConnectionOpenOk : IMethod<ConnectionOpenOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionOpenOk;

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionOpenOk method)
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
