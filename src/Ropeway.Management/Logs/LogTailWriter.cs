using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Ropeway.Management.Logs;

/// <summary>Writes the lines of one category into a <see cref="LogTail"/>. Any thread.</summary>
internal sealed class LogTailWriter(LogTail tail, string category) : ILogger
{
    private const string Template = "{OriginalFormat}"; // The name of the text without its fields.

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string message = formatter(state, exception);
        string text = exception is null ? message : $"{message} | {exception}";
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            foreach ((string name, object? value) in values)
            {
                if (name != Template)
                {
                    fields[name] = Shorten(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty, LogTail.FieldCharsMax);
                }
            }
        }

        tail.Add(logLevel, category, eventId.Id, Shorten(text, LogTail.MessageCharsMax), fields);
    }

    /// <summary>One line, as in the log.</summary>
    private static string Shorten(string text, int charsMax) => Cut(LogText.OneLine(Cut(text, charsMax)), charsMax);

    private static string Cut(string text, int charsMax) => text.Length > charsMax ? text[..charsMax] : text;
}
