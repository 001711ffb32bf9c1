using System.Globalization;
using System.Text;

namespace Ropeway.Management.Logs;

/// <summary>Texts of the log, parts of which peers have chosen. Pure; any thread.</summary>
public static class LogText
{
    /// <summary>
    /// The text in one line: line breaks could forge a line. What changes how a terminal shows it, control characters and those for the
    /// direction of text, becomes a code like <c>\u001b</c>.
    /// </summary>
    public static string OneLine(string text)
    {
        string line = text.ReplaceLineEndings(" | ");
        if (!line.Any(IsUnsafe))
        {
            return line;
        }

        var safe = new StringBuilder(line.Length + 16);
        foreach (char letter in line)
        {
            _ = IsUnsafe(letter) ? safe.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture)) : safe.Append(letter);
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(char letter) =>
        (char.IsControl(letter) && letter != '\t') || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u061C';
}
