namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.start-ok (10, 11), sent by the client. Picks the SASL mechanism and carries its first response.</summary>
/// <remarks>
/// <code>| client-properties table | mechanism shortstr | response longstr | locale shortstr |</code>
/// </remarks>
public readonly ref struct ConnectionStartOk : IMethod<ConnectionStartOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionStartOk;

    /// <summary>Raw table with its 4-byte length: product, capabilities, connection_name.</summary>
    public ReadOnlySpan<byte> ClientProperties { get; init; }

    /// <summary>SASL mechanism.</summary>
    public ReadOnlySpan<byte> Mechanism { get; init; }

    /// <summary>First SASL response; holds the password for PLAIN.</summary>
    public ReadOnlySpan<byte> Response { get; init; }

    /// <summary>Locale.</summary>
    public ReadOnlySpan<byte> Locale { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 6 + FrameWriter.TableBytes(ClientProperties) + Mechanism.Length + Response.Length + Locale.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionStartOk method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> clientProperties = reader.ReadTable();
        ReadOnlySpan<byte> mechanism = reader.ReadName();
        ReadOnlySpan<byte> response = reader.ReadLongString();
        ReadOnlySpan<byte> locale = reader.ReadName();
        method = new ConnectionStartOk
        {
            ClientProperties = clientProperties,
            Mechanism = mechanism,
            Response = response,
            Locale = locale,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteTable(ClientProperties);
        writer.WriteShortString(Mechanism);
        writer.WriteLongString(Response);
        writer.WriteShortString(Locale);
    }
}
