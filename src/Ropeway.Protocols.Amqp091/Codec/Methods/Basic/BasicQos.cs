namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.qos (60, 10), sent by the client. Limits the deliveries that are not acknowledged.</summary>
/// <remarks>
/// <code>| prefetch-bytes u32 | prefetch-count u16 | bits u8 (global) |</code>
/// </remarks>
public readonly ref struct BasicQos : IMethod<BasicQos>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicQos;

    /// <summary>Limit in bytes; 0 for none, others are not supported.</summary>
    public uint PrefetchBytes { get; init; }

    /// <summary>Limit in messages; 0 for none.</summary>
    public ushort PrefetchCount { get; init; }

    /// <summary>False: for each new consumer of the channel; true: for the channel.</summary>
    public bool Global { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 7;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicQos method)
    {
        var reader = new MethodReader(arguments);
        uint prefetchBytes = reader.ReadLong();
        ushort prefetchCount = reader.ReadShort();
        byte bits = reader.ReadBits();
        method = new BasicQos
        {
            PrefetchBytes = prefetchBytes,
            PrefetchCount = prefetchCount,
            Global = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLong(PrefetchBytes);
        writer.WriteShort(PrefetchCount);
        writer.WriteBits(Global);
    }
}
