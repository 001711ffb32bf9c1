using System.Buffers;
using System.Text;

namespace Ropeway.Core.Routing;

/// <summary>Compares what came over the wire with names and keys, which are kept as text only. Any thread; allocates nothing.</summary>
internal static class Utf8Text
{
    /// <summary>Whether bytes are the UTF-8 form of a text. Bytes that are not valid UTF-8 equal none.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> utf8, string text) => Ascii.Equals(utf8, text) || (!Ascii.IsValid(utf8) && AreRunesEqual(utf8, text));

    private static bool AreRunesEqual(ReadOnlySpan<byte> utf8, string text)
    {
        foreach (Rune expected in text.EnumerateRunes())
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int runeBytes) != OperationStatus.Done || rune != expected)
            {
                return false;
            }

            utf8 = utf8[runeBytes..];
        }

        return utf8.IsEmpty;
    }
}
