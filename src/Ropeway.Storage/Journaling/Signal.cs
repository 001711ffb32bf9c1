namespace Ropeway.Storage.Journaling;

/// <summary>Wakes one dedicated thread. A set that nobody waits for is kept; several sets are one. Any thread may set it.</summary>
internal sealed class Signal
{
    private readonly object _gate = new();
    private bool _isSet;

    /// <summary>Whether it is set and nobody has waited for it yet.</summary>
    public bool IsSet
    {
        get
        {
            lock (_gate)
            {
                return _isSet;
            }
        }
    }

    public void Set()
    {
        lock (_gate) // Monitor, because a thread waits on it.
        {
            _isSet = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits until it is set and clears it.</summary>
    /// <param name="timeoutMs">Milliseconds, or <see cref="Timeout.Infinite"/>.</param>
    /// <returns>False when the time passed without a set.</returns>
    public bool Wait(int timeoutMs)
    {
        lock (_gate)
        {
            while (!_isSet)
            {
                if (!Monitor.Wait(_gate, timeoutMs))
                {
                    break;
                }
            }

            bool wasSet = _isSet;
            _isSet = false;
            return wasSet;
        }
    }
}
