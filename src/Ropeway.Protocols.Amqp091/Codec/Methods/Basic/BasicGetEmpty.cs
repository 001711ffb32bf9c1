namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.get-empty (60, 72), sent by the server. Answers a get when no message is ready.</summary>
/// <remarks>
/// <code>| reserved shortstr |</code>
/// </remarks>
public readonly ref struct BasicGetEmpty : IMethod<BasicGetEmpty>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicGetEmpty;

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicGetEmpty method)
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
