using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Ropeway.Management.Logs;

namespace Ropeway.Server;

/// <summary>Makes the logging of the server: single lines on standard output, and the last of them in memory.</summary>
internal static class ServerLogging
{
    /// <summary>Made by hand, without a container, which would cost a third of the start-up time.</summary>
    public static ILoggerFactory Create(LogLevel level, TimeProvider time, LogTail tail)
    {
        var options = new ConsoleLoggerOptions
        {
            FormatterName = LogLineFormatter.FormatterName,
            QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite, // A full pipe behind us must not stop the broker.
        };
#pragma warning disable CA2000 // The factory disposes the provider.
        var provider = new ConsoleLoggerProvider(new FixedConsoleOptions(options), [new LogLineFormatter(time)]);
#pragma warning restore CA2000
        return new LoggerFactory([provider, tail], new LoggerFilterOptions { MinLevel = level });
    }
}
