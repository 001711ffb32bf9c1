namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.secure-ok (10, 21), sent by the client. The response to a SASL challenge.</summary>
/// <remarks>
/// <code>| response longstr |</code>
/// </remarks>
public readonly ref struct ConnectionSecureOk : IMethod<ConnectionSecureOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionSecureOk;

    /// <summary>Response bytes of the mechanism.</summary>
    public ReadOnlySpan<byte> Response { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4 + Response.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionSecureOk method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> response = reader.ReadLongString();
        method = new ConnectionSecureOk
        {
            Response = response,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongString(Response);
    }
}
