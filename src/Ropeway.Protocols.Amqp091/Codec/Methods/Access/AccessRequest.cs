namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>access.request (30, 10), sent by the client. Asks for an access ticket, which 0-9-1 no longer has; old clients still send it.</summary>
/// <remarks>
/// <code>| realm shortstr | bits u8 (exclusive, passive, active, write, read) |</code>
/// </remarks>
public readonly ref struct AccessRequest : IMethod<AccessRequest>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.AccessRequest;

    /// <summary>Realm, unused.</summary>
    public ReadOnlySpan<byte> Realm { get; init; }

    /// <summary>Unused.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Unused.</summary>
    public bool Passive { get; init; }

    /// <summary>Unused.</summary>
    public bool Active { get; init; }

    /// <summary>Unused.</summary>
    public bool Write { get; init; }

    /// <summary>Unused.</summary>
    public bool Read { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 2 + Realm.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out AccessRequest method)
    {
        var reader = new MethodReader(arguments);
        ReadOnlySpan<byte> realm = reader.ReadName();
        byte bits = reader.ReadBits();
        method = new AccessRequest
        {
            Realm = realm,
            Exclusive = (bits & 0x01) != 0,
            Passive = (bits & 0x02) != 0,
            Active = (bits & 0x04) != 0,
            Write = (bits & 0x08) != 0,
            Read = (bits & 0x10) != 0,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShortString(Realm);
        writer.WriteBits(Exclusive, Passive, Active, Write, Read);
    }
}
