namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.ack (60, 80), sent by both sides. Acknowledges deliveries; from the server it confirms publishes.</summary>
/// <remarks>
/// Hot path: up to one per message.
/// <code>| delivery-tag u64 | bits u8 (multiple) |</code>
/// </remarks>
public readonly ref struct BasicAck : IMethod<BasicAck>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicAck;

    /// <summary>Tag on its channel; 0 with <see cref="Multiple"/> for all so far.</summary>
    public ulong DeliveryTag { get; init; }

    /// <summary>Whether all up to the tag are meant.</summary>
    public bool Multiple { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 9;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicAck method)
    {
        var reader = new MethodReader(arguments);
        ulong deliveryTag = reader.ReadLongLong();
        byte bits = reader.ReadBits();
        method = new BasicAck
        {
            DeliveryTag = deliveryTag,
            Multiple = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongLong(DeliveryTag);
        writer.WriteBits(Multiple);
    }
}
