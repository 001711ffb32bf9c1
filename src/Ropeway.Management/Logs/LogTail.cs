using Microsoft.Extensions.Logging;

namespace Ropeway.Management.Logs;

/// <summary>
/// Keeps the last lines of the log in memory, so that pages can show them: a provider beside the one that writes them. Bounded in lines and in the length of each;
/// any thread.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class LogTail(TimeProvider time) : ILoggerProvider
{
    /// <summary>Lines kept; the oldest goes for each that comes.</summary>
    public const int LineCountMax = 1000;

    /// <summary>Characters kept of a text.</summary>
    public const int MessageCharsMax = 4000;

    /// <summary>Characters kept of a field.</summary>
    public const int FieldCharsMax = 500;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private long _count;

    /// <summary>Lines that were written since the start.</summary>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LogTailWriter(this, categoryName);

    /// <summary>The lines that are kept, the oldest first.</summary>
    /// <param name="after">Only those behind the line of this number.</param>
    public IReadOnlyList<LogLine> Read(long after = 0)
    {
        lock (_gate)
        {
            return _count <= after ? [] : [.. _lines.Where(line => line.Number > after)];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held but memory.
    }

    internal void Add(LogLevel level, string category, int id, string message, IReadOnlyDictionary<string, string> fields)
    {
        lock (_gate)
        {
            if (_lines.Count == LineCountMax)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(new LogLine(++_count, time.GetUtcNow(), level, category, id, message, fields));
        }
    }
}
