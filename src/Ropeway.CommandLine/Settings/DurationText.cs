using System.Globalization;

namespace Ropeway.CommandLine.Settings;

/// <summary>Durations as people type them: <c>500ms</c>, <c>2s</c>, <c>10m</c>, <c>1h</c>, <c>7d</c>. A number alone is seconds.</summary>
internal static class DurationText
{
    private static readonly (string Unit, double Ms)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Reads a duration above zero, at most 49 days.</summary>
    /// <param name="option">What has the value, for the error.</param>
    /// <param name="text">The value.</param>
    /// <exception cref="ClientException">It is none.</exception>
    public static TimeSpan Parse(string option, string text)
    {
        string digits = text.TrimEnd("abcdefghijklmnopqrstuvwxyz".ToCharArray());
        string unit = text.Length == digits.Length ? "s" : text[digits.Length..];
        double unitMs = Units.FirstOrDefault(known => known.Unit == unit).Ms;
        return unitMs > 0 && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count * unitMs is >= 1 and < int.MaxValue * 2.0
            ? TimeSpan.FromMilliseconds(count * unitMs)
            : throw ClientException.Usage($"{option}: bad value '{text}': a duration like 500ms, 2s, 10m, 1h or 7d is expected");
    }
}
