namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.blocked (10, 60), sent by the server. Publishers are not read for now (RabbitMQ extension).</summary>
/// <remarks>
/// <code>| reason shortstr |</code>
/// </remarks>
public readonly ref struct ConnectionBlocked : IMethod<ConnectionBlocked>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionBlocked;

    /// <summary>Why, for people.</summary>
    public ReadOnlySpan<byte> Reason { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1 + Reason.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionBlocked method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> reason = reader.ReadName();
        method = new ConnectionBlocked
        {
            Reason = reason,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(Reason);
    }
}
