using System.Globalization;

namespace Ropeway.Management.Findings;

/// <summary>Numbers as sentences write them. Pure; any thread.</summary>
internal static class Words
{
    private static readonly (string Unit, long Seconds)[] Units = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    private static readonly string[] ByteUnits = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A count with commas: <c>48,201</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count of things: <c>1 message</c>, <c>2 messages</c>.</summary>
    public static string Count(long count, string thing) => $"{Count(count)} {thing}{(count == 1 ? string.Empty : "s")}";

    /// <summary>A rate: <c>23/s</c>, <c>0.4/s</c>.</summary>
    public static string Rate(double rate) => $"{(rate < 10 ? Rounded(rate).ToString("0.#", CultureInfo.InvariantCulture) : Count((long)Rounded(rate)))}/s";

    /// <summary>A rate as precisely as it is said.</summary>
    public static double Rounded(double rate) => Math.Round(rate, rate < 10 ? 1 : 0);

    /// <summary>A share: <c>83 %</c>.</summary>
    public static string Share(double share) => $"{(int)(share * 100)} %";

    /// <summary>A duration in its two largest units: <c>6 min 12 s</c>, <c>180 ms</c>.</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 1)
        {
            return $"{(int)Math.Round(seconds * 1000)} ms";
        }

        if (seconds < 10)
        {
            return $"{Math.Round(seconds, 1).ToString("0.#", CultureInfo.InvariantCulture)} s";
        }

        long left = (long)Math.Round(seconds);
        int first = Array.FindIndex(Units, unit => left >= unit.Seconds);
        string text = $"{left / Units[first].Seconds} {Units[first].Unit}";
        long rest = left % Units[first].Seconds;
        return first + 1 < Units.Length && rest / Units[first + 1].Seconds is > 0 and var second ? $"{text} {second} {Units[first + 1].Unit}" : text;
    }

    /// <summary>An amount of memory or disk with three digits: <c>1.25 GiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < ByteUnits.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string digits = unit == 0 || value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return $"{value.ToString(digits, CultureInfo.InvariantCulture)} {ByteUnits[unit]}";
    }
}
