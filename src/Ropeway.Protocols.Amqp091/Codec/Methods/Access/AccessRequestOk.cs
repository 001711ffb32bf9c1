namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>access.request-ok (30, 11), sent by the server. Gives an access ticket, which means nothing.</summary>
/// <remarks>
/// <code>| ticket u16 |</code>
/// </remarks>
public readonly ref struct AccessRequestOk : IMethod<AccessRequestOk>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.AccessRequestOk;

    /// <summary>Always 1.</summary>
    public ushort Ticket { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 2;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out AccessRequestOk method)
    {
        var reader = new MethodReader(arguments);
        ushort ticket = reader.ReadShort();
        method = new AccessRequestOk
        {
            Ticket = ticket,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort(Ticket);
    }
}
