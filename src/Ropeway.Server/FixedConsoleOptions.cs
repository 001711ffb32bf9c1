using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Ropeway.Server;

/// <summary>Options of the console logger, which would watch them; these never change.</summary>
internal sealed class FixedConsoleOptions(ConsoleLoggerOptions value) : IOptionsMonitor<ConsoleLoggerOptions>
{
    /// <inheritdoc/>
    public ConsoleLoggerOptions CurrentValue { get; } = value;

    /// <inheritdoc/>
    public ConsoleLoggerOptions Get(string? name) => CurrentValue;

    /// <inheritdoc/>
    public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
}
