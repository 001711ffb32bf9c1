using System.Globalization;

namespace Ropeway.Management.Views;

/// <summary>Times as Ropeway's own endpoints write them: ISO 8601, UTC, milliseconds. Pure; any thread.</summary>
internal static class IsoTime
{
    /// <summary>Writes a time.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
