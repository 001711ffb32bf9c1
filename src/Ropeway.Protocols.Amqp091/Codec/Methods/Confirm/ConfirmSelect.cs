namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>confirm.select (85, 10), sent by the client. Switches the channel to publisher confirms (RabbitMQ extension).</summary>
/// <remarks>
/// <code>| bits u8 (no-wait) |</code>
/// </remarks>
public readonly ref struct ConfirmSelect : IMethod<ConfirmSelect>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConfirmSelect;

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConfirmSelect method)
    {
        var reader = new MethodReader(arguments);
        byte bits = reader.ReadBits();
        method = new ConfirmSelect
        {
            NoWait = (bits & 0x01) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteBits(NoWait);
    }
}
