using Microsoft.Extensions.Logging;

namespace Ropeway.Management.Logs;

/// <summary>The words for levels, as in the lines of the log. Pure; any thread.</summary>
internal static class LogLevels
{
    private static readonly string[] Words = ["trace", "debug", "info", "warn", "error", "crit"]; // In the order of the values.

    /// <summary>All words, for error texts.</summary>
    public static string All => string.Join(", ", Words);

    /// <summary>The word.</summary>
    public static string TextOf(LogLevel level) => Words[(int)level];

    /// <summary>Reads a word.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        int index = Array.IndexOf(Words, text);
        level = (LogLevel)Math.Max(index, 0);
        return index >= 0;
    }
}
