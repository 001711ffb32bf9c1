using System.Threading.Tasks.Sources;

namespace Ropeway.Transport;

/// <summary>
/// Wakes one waiter; a signal that comes while nobody waits is kept, several are one. Any thread signals, one thread at a
/// time waits. Allocates nothing after its construction.
/// </summary>
/// <remarks>
/// <code>
///            Signal              WaitAsync
/// Idle ---------------> Signalled ---------> Idle (completed at once)
/// Idle ---WaitAsync---> Waiting ---Signal---> Idle (the waiter runs on the pool, or in the call)
/// </code>
/// </remarks>
internal sealed class WakeSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>Completes at the next signal, or at once when one was kept. Await it once.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Signalled)
        {
            Volatile.Write(ref _state, Idle);
            return ValueTask.CompletedTask;
        }

        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes the waiter, or the next one.</summary>
    /// <param name="runsHere">True: a waiter goes on in this call.</param>
    public void Signal(bool runsHere = false)
    {
        int seen = Interlocked.CompareExchange(ref _state, Signalled, Idle);
        if (seen == Waiting && Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting)
        {
            _core.RunContinuationsAsynchronously = !runsHere; // Nobody else can be here: this call has ended the wait.
            _core.SetResult(true);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
