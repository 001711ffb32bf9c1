namespace Ropeway.Transport;

/// <summary>
/// Calls one action at a fixed interval, never twice at the same time: a call that is due while the last one runs is left
/// out. The action must not throw.
/// </summary>
internal sealed class Ticker : IAsyncDisposable
{
    private readonly Action _action;
    private readonly ITimer _timer;
    private bool _isRunning;

    public Ticker(TimeProvider time, TimeSpan interval, Action action)
    {
        _action = action;
        _timer = time.CreateTimer(static ticker => ((Ticker)ticker!).Run(), this, interval, interval);
    }

    /// <summary>Stops; completes when no call runs any more.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Run()
    {
        if (Interlocked.Exchange(ref _isRunning, true))
        {
            return;
        }

        try
        {
            _action();
        }
        finally
        {
            Volatile.Write(ref _isRunning, false);
        }
    }
}
