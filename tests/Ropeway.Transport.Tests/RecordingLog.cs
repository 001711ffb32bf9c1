using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Ropeway.Transport.Tests;

/// <summary>Gives the test what was logged as warning or worse.</summary>
internal sealed class RecordingLog : ILogger
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _lines.Writer.TryWrite(formatter(state, exception));
        }
    }

    public async Task<string> NextAsync() => await _lines.Reader.ReadAsync().AsTask().WithDeadlineAsync();
}
