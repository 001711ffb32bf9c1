using Ropeway.Management.Logs;

namespace Ropeway.Management.Views;

/// <summary>A line of the log.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Level">How much it matters, in a word.</param>
/// <param name="Category">Which part wrote it.</param>
/// <param name="Event">What it is, for programs.</param>
/// <param name="Message">The text.</param>
/// <param name="Fields">What the text was made from.</param>
internal sealed record LogLineView(string Time, string Level, string Category, int Event, string Message, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>Makes it.</summary>
    public static LogLineView Of(LogLine line) => new(IsoTime.Of(line.Time), LogLevels.TextOf(line.Level), line.Category, line.Event, line.Message, line.Fields);
}
