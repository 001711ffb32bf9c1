namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.open (10, 40), sent by the client. Chooses the virtual host.</summary>
/// <remarks>
/// <code>| virtual-host shortstr | reserved shortstr | bits u8 (reserved) |</code>
/// </remarks>
public readonly ref struct ConnectionOpen : IMethod<ConnectionOpen>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionOpen;

    /// <summary>Name of the virtual host.</summary>
    public ReadOnlySpan<byte> VirtualHost { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 3 + VirtualHost.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionOpen method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> virtualHost = reader.ReadName();
        reader.ReadName(); // Reserved.
        reader.ReadBits(); // Reserved.
        method = new ConnectionOpen
        {
            VirtualHost = virtualHost,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(VirtualHost);
        writer.WriteShortString(default);
        writer.WriteBits(false);
    }
}
