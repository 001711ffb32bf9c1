namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.tune-ok (10, 31), sent by the client. Accepts or lowers the limits of the connection.</summary>
/// <remarks>
/// <code>| channel-max u16 | frame-bytes-max u32 | heartbeat-seconds u16 |</code>
/// </remarks>
public readonly ref struct ConnectionTuneOk : IMethod<ConnectionTuneOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionTuneOk;

    /// <summary>Highest channel number; 0 for no limit.</summary>
    public ushort ChannelMax { get; init; }

    /// <summary>Largest frame in bytes, overhead included; 0 for no limit.</summary>
    public uint FrameBytesMax { get; init; }

    /// <summary>Heartbeat interval in seconds; 0 for none.</summary>
    public ushort HeartbeatSeconds { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 8;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionTuneOk method)
    {
        var reader = new MethodReader(arguments);
        ushort channelMax = reader.ReadShort();
        uint frameBytesMax = reader.ReadLong();
        ushort heartbeatSeconds = reader.ReadShort();
        method = new ConnectionTuneOk
        {
            ChannelMax = channelMax,
            FrameBytesMax = frameBytesMax,
            HeartbeatSeconds = heartbeatSeconds,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(ChannelMax);
        writer.WriteLong(FrameBytesMax);
        writer.WriteShort(HeartbeatSeconds);
    }
}
