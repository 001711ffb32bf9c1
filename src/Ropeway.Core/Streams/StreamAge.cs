using System.Globalization;

namespace Ropeway.Core.Streams;

/// <summary>Lengths of time as RabbitMQ writes them for streams: a number and a unit, for example <c>7D</c> or <c>1h</c>.</summary>
public static class StreamAge
{
    private const long SecondMs = 1000;
    private const long DayMs = 24 * 3600 * SecondMs;

    /// <summary>Longest one that is understood, in milliseconds: a thousand years, so that sums with times of day cannot overflow.</summary>
    private const long MaxMs = 1000 * 365 * DayMs;

    /// <summary>Reads one: Y (365 days), M (30 days), D, h, m or s, for a number from 1.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ms">Milliseconds; what is longer than a thousand years counts as that.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryParse(string text, out long ms)
    {
        long unitMs = text.Length == 0 ? 0 : text[^1] switch
        {
            'Y' => 365 * DayMs,
            'M' => 30 * DayMs,
            'D' => DayMs,
            'h' => 3600 * SecondMs,
            'm' => 60 * SecondMs,
            's' => SecondMs,
            _ => 0,
        };
        ms = 0;
        if (unitMs == 0 || !UInt128.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 count) || count == 0)
        {
            return false;
        }

        ms = (long)UInt128.Min(count, (UInt128)(MaxMs / unitMs)) * unitMs;
        return true;
    }
}
