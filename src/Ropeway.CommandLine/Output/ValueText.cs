using System.Globalization;
using System.Text.Json;

namespace Ropeway.CommandLine.Output;

/// <summary>Values as text for people.</summary>
internal static class ValueText
{
    /// <summary>Stands for what is not there.</summary>
    public const string None = "–";

    private const long MillionsFrom = 10_000_000;

    /// <summary>A value of a column.</summary>
    public static string Of(JsonElement value, ColumnKind kind)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return None;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return OfNumber(value.GetDouble(), kind, value);
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => "yes",
            JsonValueKind.False => None,
            JsonValueKind.String when kind == ColumnKind.Time && value.TryGetDateTimeOffset(out DateTimeOffset time) => Time(time),
            _ => RawText.InLine(RawText.Of(value)) is { Length: > 0 } text ? text : None,
        };
    }

    /// <summary>Grouped to 9,999,999, then 12.4 M.</summary>
    public static string Count(double count) => count switch
    {
        >= MillionsFrom * 1_000.0 => Invariant($"{count / 1e9:0.0} G"),
        >= MillionsFrom => Invariant($"{count / 1e6:0.0} M"),
        _ => Invariant($"{count:N0}"),
    };

    /// <summary>Three significant digits.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        0 => "0",
        < 0.1 => Invariant($"{perSecond * 60:0.#}/min"),
        < 10 => Invariant($"{perSecond:0.0}"),
        _ => Count(Math.Round(perSecond)),
    };

    /// <summary>Three digits and a unit.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        while (bytes >= 1_000 && unit < units.Length - 1)
        {
            bytes /= 1_024;
            unit++;
        }

        return unit == 0 ? Invariant($"{bytes:0} B") : Invariant($"{bytes.ToString(bytes < 10 ? "0.00" : bytes < 100 ? "0.0" : "0", CultureInfo.InvariantCulture)} {units[unit]}");
    }

    /// <summary>The two largest units.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1_000 } => Invariant($"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => Invariant($"{Math.Floor(time.TotalSeconds):0} s"),
        { TotalMinutes: < 60 } => Two(time.Minutes, "min", time.Seconds, "s"),
        { TotalHours: < 24 } => Two(time.Hours, "h", time.Minutes, "min"),
        _ => Two(time.Days, "d", time.Hours, "h"),
    };

    /// <summary>With the date and the zone.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture) + " UTC";

    private static string OfNumber(double number, ColumnKind kind, JsonElement value) => kind switch
    {
        ColumnKind.Count => Count(number),
        ColumnKind.Bytes => Bytes(number),
        ColumnKind.Rate => Rate(number),
        ColumnKind.Seconds => Duration(TimeSpan.FromSeconds(number)),
        ColumnKind.Milliseconds => Duration(TimeSpan.FromMilliseconds(number)),
        ColumnKind.UnixMs => Time(DateTimeOffset.FromUnixTimeMilliseconds((long)number)),
        _ => value.GetRawText(),
    };

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? Invariant($"{large} {largeUnit}") : Invariant($"{large} {largeUnit} {small} {smallUnit}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
