namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.cancel-ok (60, 31), sent by both sides. The consumer was ended.</summary>
/// <remarks>
/// <code>| consumer-tag shortstr |</code>
/// </remarks>
public readonly ref struct BasicCancelOk : IMethod<BasicCancelOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicCancelOk;

    /// <summary>Name of the consumer on its channel.</summary>
    public ReadOnlySpan<byte> ConsumerTag { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1 + ConsumerTag.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicCancelOk method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> consumerTag = reader.ReadName();
        method = new BasicCancelOk
        {
            ConsumerTag = consumerTag,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(ConsumerTag);
    }
}
