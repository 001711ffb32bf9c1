namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.update-secret (10, 70), sent by the client. Renews the credential, such as a token about to expire (RabbitMQ extension).</summary>
/// <remarks>
/// <code>| new-secret longstr | reason shortstr |</code>
/// </remarks>
public readonly ref struct ConnectionUpdateSecret : IMethod<ConnectionUpdateSecret>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionUpdateSecret;

    /// <summary>The credential.</summary>
    public ReadOnlySpan<byte> NewSecret { get; init; }

    /// <summary>Why, for people.</summary>
    public ReadOnlySpan<byte> Reason { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 5 + NewSecret.Length + Reason.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionUpdateSecret method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> newSecret = reader.ReadLongString();
        ReadOnlySpan<byte> reason = reader.ReadName();
        method = new ConnectionUpdateSecret
        {
            NewSecret = newSecret,
            Reason = reason,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongString(NewSecret);
        writer.WriteShortString(Reason);
    }
}
