namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.consume-ok (60, 21), sent by the server. The consumer was started.</summary>
/// <remarks>
/// <code>| consumer-tag shortstr |</code>
/// </remarks>
public readonly ref struct BasicConsumeOk : IMethod<BasicConsumeOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicConsumeOk;

    /// <summary>Name of the consumer on its channel.</summary>
    public ReadOnlySpan<byte> ConsumerTag { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1 + ConsumerTag.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicConsumeOk method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> consumerTag = reader.ReadName();
        method = new BasicConsumeOk
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
