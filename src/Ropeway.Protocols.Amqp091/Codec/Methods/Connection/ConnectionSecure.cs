namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.secure (10, 20), sent by the server. A SASL challenge.</summary>
/// <remarks>
/// <code>| challenge longstr |</code>
/// </remarks>
public readonly ref struct ConnectionSecure : IMethod<ConnectionSecure>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionSecure;

    /// <summary>Challenge bytes of the mechanism.</summary>
    public ReadOnlySpan<byte> Challenge { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4 + Challenge.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionSecure method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> challenge = reader.ReadLongString();
        method = new ConnectionSecure
        {
            Challenge = challenge,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongString(Challenge);
    }
}
