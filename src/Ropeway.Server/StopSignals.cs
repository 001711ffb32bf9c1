using System.Runtime.InteropServices;

namespace Ropeway.Server;

/// <summary>Waits for SIGTERM or SIGINT. The first asks for a clean stop; a second one ends the process as usual.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource<string> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    /// <summary>Takes the signals over.</summary>
    public StopSignals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>Completes at the first signal, with its name.</summary>
    public Task<string> Stop => _stop.Task;

    /// <summary>Gives the signals back.</summary>
    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext signal) => signal.Cancel = _stop.TrySetResult(signal.Signal.ToString());
}
