namespace Ropeway.Server.Bench;

/// <summary>
/// Bounds what is under way between those who send (producers take) and those who see it arrive (readers give back).
/// Any thread may call it. A waiting producer sleeps until enough room is there; nobody spins.
/// </summary>
internal sealed class FlowGate
{
    private readonly object _signal = new(); // Monitor, because producers wait on it.
    private readonly long _unitCountMax;
    private readonly long _wakeRoom;
    private long _taken;
    private long _returned;
    private int _waiters;
    private bool _stopped;

    /// <summary>Makes an empty gate.</summary>
    /// <param name="unitCountMax">How many units may be under way, at least 1.</param>
    /// <param name="wakeRoom">A waiting producer is woken when this many units are free, 1 to <paramref name="unitCountMax"/>.</param>
    public FlowGate(long unitCountMax, long wakeRoom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(unitCountMax, 1);
        _unitCountMax = unitCountMax;
        _wakeRoom = Math.Clamp(wakeRoom, 1, unitCountMax);
    }

    /// <summary>Units taken and not given back yet.</summary>
    public long UnderWay => Volatile.Read(ref _taken) - Volatile.Read(ref _returned);

    /// <summary>Takes units, waiting for room if needed.</summary>
    /// <param name="unitCount">How many, at most the limit of the gate.</param>
    /// <returns>False when the gate was stopped; nothing was taken then.</returns>
    public bool Take(long unitCount)
    {
        if (Volatile.Read(ref _stopped) || (_unitCountMax - UnderWay < unitCount && !WaitForRoom(unitCount)))
        {
            return false;
        }

        Interlocked.Add(ref _taken, unitCount); // Several producers may overshoot by a batch each; the bound stays.
        return true;
    }

    /// <summary>Gives units back and wakes producers when enough are free.</summary>
    public void Return(long unitCount)
    {
        Interlocked.Add(ref _returned, unitCount); // Also the fence between the count and the look at the waiters.
        if (Volatile.Read(ref _waiters) > 0 && _unitCountMax - UnderWay >= _wakeRoom)
        {
            lock (_signal)
            {
                Monitor.PulseAll(_signal);
            }
        }
    }

    /// <summary>Ends all waiting; every later <see cref="Take"/> says no.</summary>
    public void Stop()
    {
        lock (_signal)
        {
            Volatile.Write(ref _stopped, true);
            Monitor.PulseAll(_signal);
        }
    }

    private bool WaitForRoom(long unitCount)
    {
        long room = Math.Max(unitCount, _wakeRoom);
        lock (_signal)
        {
            Interlocked.Increment(ref _waiters);
            while (!_stopped && _unitCountMax - UnderWay < room)
            {
                Monitor.Wait(_signal);
            }

            Interlocked.Decrement(ref _waiters);
            return !_stopped;
        }
    }
}
