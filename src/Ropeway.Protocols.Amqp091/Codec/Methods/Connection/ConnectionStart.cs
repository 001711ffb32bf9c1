namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.start (10, 10), sent by the server. Opens the negotiation: what the server is and can.</summary>
/// <remarks>
/// <code>| version-major u8 | version-minor u8 | server-properties table | mechanisms longstr | locales longstr |</code>
/// </remarks>
public readonly ref struct ConnectionStart : IMethod<ConnectionStart>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionStart;

    /// <summary>0.</summary>
    public byte VersionMajor { get; init; }

    /// <summary>9.</summary>
    public byte VersionMinor { get; init; }

    /// <summary>Raw table with its 4-byte length: product, version, capabilities.</summary>
    public ReadOnlySpan<byte> ServerProperties { get; init; }

    /// <summary>SASL mechanisms, separated by spaces.</summary>
    public ReadOnlySpan<byte> Mechanisms { get; init; }

    /// <summary>Locales, separated by spaces.</summary>
    public ReadOnlySpan<byte> Locales { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 10 + FrameWriter.TableBytes(ServerProperties) + Mechanisms.Length + Locales.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionStart method)
    {
        var reader = new MethodReader(arguments);
        byte versionMajor = reader.ReadOctet();
        byte versionMinor = reader.ReadOctet();
        ReadOnlySpan<byte> serverProperties = reader.ReadTable();
        ReadOnlySpan<byte> mechanisms = reader.ReadLongString();
        ReadOnlySpan<byte> locales = reader.ReadLongString();
        method = new ConnectionStart
        {
            VersionMajor = versionMajor,
            VersionMinor = versionMinor,
            ServerProperties = serverProperties,
            Mechanisms = mechanisms,
            Locales = locales,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteOctet(VersionMajor);
        writer.WriteOctet(VersionMinor);
        writer.WriteTable(ServerProperties);
        writer.WriteLongString(Mechanisms);
        writer.WriteLongString(Locales);
    }
}
