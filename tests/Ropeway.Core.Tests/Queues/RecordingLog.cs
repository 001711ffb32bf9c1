using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Keeps what is logged as an error.</summary>
internal sealed class RecordingLog : ILogger
{
    public ConcurrentQueue<(string Text, Exception? Fault)> Errors { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
        {
            Errors.Enqueue((formatter(state, exception), exception));
        }
    }
}
