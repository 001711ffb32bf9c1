using System.Text;
using System.Text.Unicode;
using Ropeway.Management.Views;

namespace Ropeway.Management.Messages;

/// <summary>Bodies of messages for people to read. Pure; any thread.</summary>
internal static class BodyText
{
    /// <summary>Bytes of a body that are shown at most; the rest is for download.</summary>
    public const int BytesMax = 64 * 1024;

    private const int PreviewCharsMax = 120;

    /// <summary>The first bytes of a body: text when they are UTF-8 without zeros, else base64.</summary>
    public static BodyView Of(ReadOnlySpan<byte> body, string? encoding)
    {
        bool isTruncated = body.Length > BytesMax;
        ReadOnlySpan<byte> shown = isTruncated ? WholeChars(body[..BytesMax]) : body;
        return Utf8.IsValid(shown) && !shown.Contains((byte)0)
            ? new BodyView(body.Length, Encoding.UTF8.GetString(shown), Base64: null, isTruncated, encoding)
            : new BodyView(body.Length, Text: null, Convert.ToBase64String(isTruncated ? body[..BytesMax] : body), isTruncated, encoding);
    }

    /// <summary>The first characters of a body; what is no UTF-8 is replaced.</summary>
    public static string Preview(ReadOnlySpan<byte> start)
    {
        string text = Encoding.UTF8.GetString(WholeChars(start));
        int end = Math.Min(text.Length, PreviewCharsMax);
        return text[..(end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)];
    }

    /// <summary>Without the beginning of a character at the end.</summary>
    private static ReadOnlySpan<byte> WholeChars(ReadOnlySpan<byte> utf8)
    {
        for (int back = 1; back <= Math.Min(4, utf8.Length); back++)
        {
            byte last = utf8[^back];
            if ((last & 0xC0) != 0x80)
            {
                int wanted = last < 0x80 ? 1 : last >= 0xF0 ? 4 : last >= 0xE0 ? 3 : 2;
                return wanted > back ? utf8[..^back] : utf8;
            }
        }

        return utf8;
    }
}
