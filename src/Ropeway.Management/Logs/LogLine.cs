using Microsoft.Extensions.Logging;

namespace Ropeway.Management.Logs;

/// <summary>A line of the log. Immutable.</summary>
/// <param name="Number">Counts all lines from 1.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Category">Which part wrote it.</param>
/// <param name="Event">What it is, for programs.</param>
/// <param name="Message">The text, with the fault behind it, in one line.</param>
/// <param name="Fields">What the text was made from.</param>
public sealed record LogLine(
    long Number, DateTimeOffset Time, LogLevel Level, string Category, int Event, string Message, IReadOnlyDictionary<string, string> Fields);
