using System.Globalization;
using Microsoft.Extensions.Logging;
using Ropeway.Management.Http;

namespace Ropeway.Management.Logs;

/// <summary>Which lines of the log are wanted. Immutable.</summary>
/// <param name="Level">The least level.</param>
/// <param name="Text">What the text or the category contains, in whatever case; empty for anything.</param>
/// <param name="Limit">Most lines of one answer, the newest of them.</param>
internal sealed record LogFilter(LogLevel Level, string Text, int Limit)
{
    private const int LimitDefault = 200;

    /// <summary>Reads it from the query.</summary>
    /// <exception cref="ApiException">A parameter is malformed or out of its range.</exception>
    public static LogFilter Read(Func<string, string?> parameter)
    {
        LogLevel level = LogLevel.Trace;
        if (parameter("level") is { Length: > 0 } word && !LogLevels.TryParse(word, out level))
        {
            throw ApiException.BadRequest($"'level' is one of {LogLevels.All}; got '{word}'");
        }

        return new LogFilter(level, parameter("q") ?? string.Empty, ReadLimit(parameter("limit")));
    }

    /// <summary>Reads how many entries are wanted of what keeps as many as the log.</summary>
    /// <exception cref="ApiException">It is no number, or out of its range.</exception>
    public static int ReadLimit(string? text) => text is null
        ? LimitDefault
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= LogTail.LineCountMax
            ? limit
            : throw ApiException.BadRequest($"'limit' must be 1 to {LogTail.LineCountMax}");

    /// <summary>The newest of some lines that fit, the oldest of them first.</summary>
    public IReadOnlyList<LogLine> Select(IEnumerable<LogLine> lines) => [.. lines.Where(Fits).TakeLast(Limit)];

    /// <summary>Whether a line is wanted.</summary>
    public bool Fits(LogLine line) => line.Level >= Level
        && (Text.Length == 0 || line.Message.Contains(Text, StringComparison.OrdinalIgnoreCase) || line.Category.Contains(Text, StringComparison.OrdinalIgnoreCase));
}
