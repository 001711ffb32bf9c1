namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>connection.close (10, 50), sent by both sides. Ends the connection, with a reason.</summary>
/// <remarks>
/// <code>| reply-code u16 | reply-text shortstr | failing-method (class u16, method u16) |</code>
/// </remarks>
public readonly ref struct ConnectionClose : IMethod<ConnectionClose>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ConnectionClose;

    /// <summary>Why; may hold a number without a name.</summary>
    public ReplyCode ReplyCode { get; init; }

    /// <summary>UTF-8 text, at most 255 bytes.</summary>
    public ReadOnlySpan<byte> ReplyText { get; init; }

    /// <summary>The method that failed, None when it was no method.</summary>
    public MethodId FailingMethod { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 7 + ReplyText.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ConnectionClose method)
    {
        var reader = new MethodReader(arguments);
        ReplyCode replyCode = (ReplyCode)reader.ReadShort();
        ReadOnlySpan<byte> replyText = reader.ReadName();
        MethodId failingMethod = (MethodId)reader.ReadLong();
        method = new ConnectionClose
        {
            ReplyCode = replyCode,
            ReplyText = replyText,
            FailingMethod = failingMethod,
        };
        return reader.IsComplete;
    }

    /// <inheritdoc/>
    public void WriteArguments(ref FrameWriter writer)
    {
        writer.WriteShort((ushort)ReplyCode);
        writer.WriteShortString(ReplyText);
        writer.WriteLong((uint)FailingMethod);
    }
}
