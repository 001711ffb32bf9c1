using System.Text;
using System.Text.Json;

namespace Ropeway.CommandLine.Output;

/// <summary>Values as text for programs.</summary>
internal static class RawText
{
    /// <summary>Numbers and booleans as in JSON, text as it is, lists of scalars with commas, everything else as JSON, nothing as nothing.</summary>
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => string.Empty,
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array when value.EnumerateArray().All(static item => item.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) =>
            string.Join(',', value.EnumerateArray().Select(Of)),
        JsonValueKind.Object when !value.EnumerateObject().MoveNext() => string.Empty,
        _ => value.GetRawText(),
    };

    /// <summary>In one line without tabs: what would break a line, or change how a terminal shows it, becomes a code.</summary>
    public static string InLine(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 8);
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '\t' => line.Append("\\t"),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                _ when IsUnsafe(letter) => line.Append("\\u").Append(((int)letter).ToString("x4")),
                _ => line.Append(letter),
            };
        }

        return line.ToString();
    }

    /// <summary>Control characters, and those that change the direction of text.</summary>
    private static bool IsUnsafe(char letter) =>
        char.IsControl(letter) || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u061C' or '\u2028' or '\u2029';
}
