namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.nack (60, 120), sent by both sides. Rejects deliveries; from the server it says that publishes were not taken (RabbitMQ extension).</summary>
/// <remarks>
/// Hot path: up to one per message.
/// <code>| delivery-tag u64 | bits u8 (multiple, requeue) |</code>
/// </remarks>
public readonly ref struct BasicNack : IMethod<BasicNack>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicNack;

    /// <summary>Tag on its channel; 0 with <see cref="Multiple"/> for all so far.</summary>
    public ulong DeliveryTag { get; init; }

    /// <summary>Whether all up to the tag are meant.</summary>
    public bool Multiple { get; init; }

    /// <summary>Whether to put them back; without meaning from the server.</summary>
    public bool Requeue { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 9;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicNack method)
    {
        var reader = new MethodReader(arguments);
        ulong deliveryTag = reader.ReadLongLong();
        byte bits = reader.ReadBits();
        method = new BasicNack
        {
            DeliveryTag = deliveryTag,
            Multiple = (bits & 0x01) != 0,
            Requeue = (bits & 0x02) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongLong(DeliveryTag);
        writer.WriteBits(Multiple, Requeue);
    }
}
