using System.Text;

namespace Ropeway.Architecture.Tests;

/// <summary>Blanks what is not code, so that braces and names can be counted without a compiler.</summary>
internal static class CodeText
{
    /// <summary>
    /// The text with comments, preprocessor lines and the insides of string and character literals replaced by spaces; line
    /// breaks stay. The code in the holes of interpolated strings is blanked with them.
    /// </summary>
    public static string Blank(string text)
    {
        var code = new StringBuilder(text);
        int at = 0;
        while (at < text.Length)
        {
            int end = EndOfNonCode(text, at);
            for (int i = at; i < end; i++)
            {
                if (code[i] is not ('\n' or '\r'))
                {
                    code[i] = ' ';
                }
            }

            at = Math.Max(end, at + 1);
        }

        return code.ToString();
    }

    /// <summary>Where a comment, directive or literal that begins here ends; the same place when none does.</summary>
    private static int EndOfNonCode(string text, int at)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at);
        if (rest.StartsWith("//") || (rest[0] == '#' && IsFirstOfLine(text, at)))
        {
            int lineEnd = text.IndexOf('\n', at);
            return lineEnd < 0 ? text.Length : lineEnd;
        }

        if (rest.StartsWith("/*"))
        {
            int end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
            return end < 0 ? text.Length : end + 2;
        }

        if (rest[0] == '\'')
        {
            return EndOfQuoted(text, at + 1, '\'');
        }

        int quote = at;
        while (quote < text.Length && text[quote] is '$' or '@')
        {
            quote++;
        }

        return quote < text.Length && text[quote] == '"' ? EndOfString(text, at, quote) : at;
    }

    private static int EndOfString(string text, int start, int quote)
    {
        int quotes = 0;
        while (quote + quotes < text.Length && text[quote + quotes] == '"')
        {
            quotes++;
        }

        if (quotes >= 3)
        {
            int end = text.IndexOf(new string('"', quotes), quote + quotes, StringComparison.Ordinal);
            return end < 0 ? text.Length : end + quotes;
        }

        string prefix = text[start..quote];
        if (prefix.Contains('@', StringComparison.Ordinal))
        {
            return EndOfVerbatim(text, quote + 1);
        }

        return prefix.Length > 0 ? EndOfInterpolated(text, quote + 1) : EndOfQuoted(text, quote + 1, '"');
    }

    private static int EndOfVerbatim(string text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] == '"')
            {
                if (at + 1 >= text.Length || text[at + 1] != '"')
                {
                    return at + 1;
                }

                at++;
            }

            at++;
        }

        return at;
    }

    /// <summary>Strings may stand inside the holes, so that quotes count only outside of them.</summary>
    private static int EndOfInterpolated(string text, int at)
    {
        int depth = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\\' && depth == 0)
            {
                at++;
            }
            else if (c == '{' && depth == 0 && at + 1 < text.Length && text[at + 1] == '{')
            {
                at++;
            }
            else if (c is '{' or '}')
            {
                depth = Math.Max(0, depth + (c == '{' ? 1 : -1));
            }
            else if (c == '"' && depth == 0)
            {
                return at + 1;
            }
            else if (depth > 0)
            {
                at = Math.Max(at, EndOfNonCode(text, at) - 1);
            }

            at++;
        }

        return at;
    }

    private static int EndOfQuoted(string text, int at, char quote)
    {
        while (at < text.Length && text[at] != quote && text[at] != '\n')
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        return Math.Min(text.Length, at + 1);
    }

    private static bool IsFirstOfLine(string text, int at)
    {
        int lineStart = text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1;
        return text.AsSpan(lineStart, at - lineStart).Trim().IsEmpty;
    }
}
