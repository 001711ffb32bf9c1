using Microsoft.Extensions.Logging;
using Ropeway.Management.Logs;

namespace Ropeway.Server;

/// <summary>What the composition of a broker gets.</summary>
/// <param name="Options">The configuration.</param>
/// <param name="Descriptors">How many connections there may be.</param>
/// <param name="Loggers">Makes a logger per project.</param>
/// <param name="Time">The clock of everything.</param>
/// <param name="OnRecovery">To be told of a recovery's progress: bytes done and bytes in total. Any thread, as often as one likes.</param>
/// <param name="OnStoreFailed">To be told once that the store has failed; the process then ends with <see cref="ExitCode.StoreFailed"/>. Any thread.</param>
internal sealed record CompositionContext(
    ServerOptions Options,
    FileDescriptors Descriptors,
    ILoggerFactory Loggers,
    TimeProvider Time,
    Action<long, long> OnRecovery,
    Action<Exception> OnStoreFailed)
{
    /// <summary>Keeps the last lines of the log; null for none.</summary>
    public LogTail? LogTail { get; init; }
}
