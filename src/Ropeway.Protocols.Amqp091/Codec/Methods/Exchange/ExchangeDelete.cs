namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>exchange.delete (40, 20), sent by the client. Deletes an exchange.</summary>
/// <remarks>
/// <code>| reserved u16 | exchange shortstr | bits u8 (if-unused, no-wait) |</code>
/// </remarks>
public readonly ref struct ExchangeDelete : IMethod<ExchangeDelete>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ExchangeDelete;

    /// <summary>Exchange name.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Whether to refuse when it has bindings.</summary>
    public bool IfUnused { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 4 + Exchange.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ExchangeDelete method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> exchange = reader.ReadName();
        byte bits = reader.ReadBits();
        method = new ExchangeDelete
        {
            Exchange = exchange,
            IfUnused = (bits & 0x01) != 0,
            NoWait = (bits & 0x02) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Exchange);
        writer.WriteBits(IfUnused, NoWait);
    }
}
