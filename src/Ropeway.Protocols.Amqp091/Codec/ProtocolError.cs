using System.Text;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>An error as a close method carries it: a code and a text. Made in <see cref="ErrorTexts"/>.</summary>
/// <param name="Code">Decides whether the channel or the connection is closed.</param>
/// <param name="Text">The whole reply text, code name in front; may be longer than the wire allows.</param>
/// <param name="Method">The method that failed, None when it was no method.</param>
public readonly record struct ProtocolError(ReplyCode Code, string Text, MethodId Method = MethodId.None)
{
    /// <summary>Longest reply text on the wire in bytes.</summary>
    public const int TextBytesMax = byte.MaxValue;

    private const string Ellipsis = "...";

    /// <summary>The text as a short string holds it.</summary>
    public byte[] GetReplyText() => Shorten(Text);

    /// <summary>A text as a short string holds it: UTF-8, cut between characters and ended by "..." when over 255 bytes.</summary>
    public static byte[] Shorten(string text)
    {
        byte[] whole = Encoding.UTF8.GetBytes(text);
        if (whole.Length <= TextBytesMax)
        {
            return whole;
        }

        int kept = TextBytesMax - Ellipsis.Length;
        while ((whole[kept] & 0xC0) == 0x80)
        {
            kept--; // Not in the middle of a character.
        }

        return [.. whole.AsSpan(0, kept), .. "..."u8];
    }
}
