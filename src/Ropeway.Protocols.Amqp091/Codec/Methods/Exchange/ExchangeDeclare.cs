namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>exchange.declare (40, 10), sent by the client. Creates an exchange or checks an existing one.</summary>
/// <remarks>
/// <code>| reserved u16 | exchange shortstr | exchange-type shortstr | bits u8 (passive, durable, auto-delete, internal, no-wait) | arguments table |</code>
/// </remarks>
public readonly ref struct ExchangeDeclare : IMethod<ExchangeDeclare>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ExchangeDeclare;

    /// <summary>Exchange name.</summary>
    public ReadOnlySpan<byte> Exchange { get; init; }

    /// <summary>Type: direct, fanout, topic, headers or an extension.</summary>
    public ReadOnlySpan<byte> ExchangeType { get; init; }

    /// <summary>Whether to check only.</summary>
    public bool Passive { get; init; }

    /// <summary>Whether it outlives a restart.</summary>
    public bool Durable { get; init; }

    /// <summary>Whether it goes when its last binding goes.</summary>
    public bool AutoDelete { get; init; }

    /// <summary>Whether clients may not publish to it.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether the server sends no reply.</summary>
    public bool NoWait { get; init; }

    /// <summary>Raw table with its 4-byte length; empty counts as the empty table when written.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 5 + Exchange.Length + ExchangeType.Length + FrameWriter.TableBytes(Arguments);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ExchangeDeclare method)
    {
        var reader = new MethodReader(arguments);
        reader.ReadShort(); // Reserved.
        ReadOnlySpan<byte> exchange = reader.ReadName();
        ReadOnlySpan<byte> exchangeType = reader.ReadName();
        byte bits = reader.ReadBits();
        ReadOnlySpan<byte> table = reader.ReadTable();
        method = new ExchangeDeclare
        {
            Exchange = exchange,
            ExchangeType = exchangeType,
            Passive = (bits & 0x01) != 0,
            Durable = (bits & 0x02) != 0,
            AutoDelete = (bits & 0x04) != 0,
            Internal = (bits & 0x08) != 0,
            NoWait = (bits & 0x10) != 0,
            Arguments = table,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(0);
        writer.WriteShortString(Exchange);
        writer.WriteShortString(ExchangeType);
        writer.WriteBits(Passive, Durable, AutoDelete, Internal, NoWait);
        writer.WriteTable(Arguments);
    }
}
