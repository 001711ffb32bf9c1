using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Simulation.Model;

namespace Ropeway.Simulation.Steps;

/// <summary>The broker's log: what it did not expect is a broken promise, unless the disk is to blame.</summary>
internal sealed class ErrorLog(BrokerModel model, History history) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || history.Trace is not null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (history.Trace is not null)
        {
            history.Trace.WriteLine($"log: {formatter(state, exception)} {exception?.Message}");
        }

        if (exception is not null && !IsOfTheDisk(exception) && exception is not ViolationException)
        {
            model.Fail($"{formatter(state, exception)}: {exception}");
        }
    }

    /// <summary>Whether a fault is only that the disk has failed.</summary>
    public static bool IsOfTheDisk(Exception? fault) => fault is IOException || (fault is not null && Durability.IsStoreFailure(fault)) || fault is ObjectDisposedException;
}
