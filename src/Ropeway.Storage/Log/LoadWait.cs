namespace Ropeway.Storage;

/// <summary>Blocks a thread until a cold read is done: for a start, which can do nothing else meanwhile. One thread waits; used again for the next read.</summary>
/// <param name="log">The log that is read.</param>
public sealed class LoadWait(StoredLog log) : ILoadWaiter
{
    private readonly object _gate = new();
    private bool _isDone;

    /// <summary>Waits for the read that was begun with this waiter. Without the gate of a log.</summary>
    public void Wait()
    {
        while (log.Spaces.Steps is { } steps && !_isDone)
        {
            steps.RunOther();
        }

        lock (_gate)
        {
            while (!_isDone)
            {
                Monitor.Wait(_gate);
            }

            _isDone = false;
        }
    }

    /// <inheritdoc/>
    public void OnLoaded()
    {
        lock (_gate)
        {
            _isDone = true;
            Monitor.Pulse(_gate);
        }
    }
}
