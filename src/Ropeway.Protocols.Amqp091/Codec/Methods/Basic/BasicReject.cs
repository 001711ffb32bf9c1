namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>basic.reject (60, 90), sent by the client. Rejects one delivery.</summary>
/// <remarks>
/// Hot path: up to one per message.
/// <code>| delivery-tag u64 | bits u8 (requeue) |</code>
/// </remarks>
public readonly ref struct BasicReject : IMethod<BasicReject>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.BasicReject;

    /// <summary>Tag of the delivery on its channel, from 1.</summary>
    public ulong DeliveryTag { get; init; }

    /// <summary>Whether to put it back; otherwise it is dead-lettered or dropped.</summary>
    public bool Requeue { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 9;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out BasicReject method)
    {
        var reader = new MethodReader(arguments);
        ulong deliveryTag = reader.ReadLongLong();
        byte bits = reader.ReadBits();
        method = new BasicReject
        {
            DeliveryTag = deliveryTag,
            Requeue = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteLongLong(DeliveryTag);
        writer.WriteBits(Requeue);
    }
}
