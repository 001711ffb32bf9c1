namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>channel.close (20, 40), sent by both sides. Ends the channel, with a reason.</summary>
/// <remarks>
/// <code>| reply-code u16 | reply-text shortstr | failing-method (class u16, method u16) |</code>
/// </remarks>
public readonly ref struct ChannelClose : IMethod<ChannelClose>
{
    /// <inheritdoc/>
    public static MethodId Id => MethodId.ChannelClose;

    /// <summary>Why; may hold a number without a name.</summary>
    public ReplyCode ReplyCode { get; init; }

    /// <summary>UTF-8 text, at most 255 bytes.</summary>
    public ReadOnlySpan<byte> ReplyText { get; init; }

    /// <summary>The method that failed, None when it was no method.</summary>
    public MethodId FailingMethod { get; init; }

    /// <inheritdoc/>
    public int ArgumentBytes => 7 + ReplyText.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out ChannelClose method)
    {
        var reader = new MethodReader(arguments);
        ReplyCode replyCode = (ReplyCode)reader.ReadShort();
        ReadOnlySpan<byte> replyText = reader.ReadName();
        MethodId failingMethod = (MethodId)reader.ReadLong();
        method = new ChannelClose
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
