namespace Ropeway.Storage.Journaling;

/// <summary>
/// Counts reservations that are not filled yet, apart for the open group and the one being committed, and wakes the commit thread when it
/// waits for them or for work. Appenders pay one interlocked operation to enter and one to leave.
/// </summary>
/// <remarks>The commit thread first publishes what it waits for and then looks; an appender first counts and then looks whether somebody waits: one of them sees the other.</remarks>
internal sealed class FillGate
{
    private const int Busy = -1;
    private const int Idle = 2;

    private readonly Signal _signal = new();
    private readonly int[] _outstanding = new int[2];
    private int _state = Busy; // Busy, Idle, or the parity that the commit thread waits for.

    /// <summary>Under the tail's gate: one more reservation of a group.</summary>
    public void Enter(int parity) => Interlocked.Increment(ref _outstanding[parity]);

    public void Leave(int parity)
    {
        int left = Interlocked.Decrement(ref _outstanding[parity]);
        int state = Volatile.Read(ref _state);
        if (state != Busy)
        {
            WakeIfAwaited(state, parity, left);
        }
    }

    /// <summary>Commit thread: waits until every reservation of a group that is no longer open is filled.</summary>
    public void WaitUntilFilled(int parity)
    {
        while (Volatile.Read(ref _outstanding[parity]) != 0)
        {
            Interlocked.Exchange(ref _state, parity);
            if (Volatile.Read(ref _outstanding[parity]) != 0)
            {
                _signal.Wait(Timeout.Infinite);
            }

            Interlocked.Exchange(ref _state, Busy);
        }
    }

    /// <summary>Commit thread: from now on a filled reservation wakes it. It must then look for work once more before it waits.</summary>
    public void BeginIdle() => Interlocked.Exchange(ref _state, Idle);

    /// <summary>Commit thread: waits for a filled reservation or <see cref="Wake"/>.</summary>
    /// <returns>False when the time passed.</returns>
    public bool WaitIdle(int timeoutMs) => _signal.Wait(timeoutMs);

    public void EndIdle() => Interlocked.Exchange(ref _state, Busy);

    public void Wake() => _signal.Set();

    private void WakeIfAwaited(int state, int parity, int left)
    {
        bool isAwaited = state == Idle || (state == parity && left == 0);
        if (isAwaited && Interlocked.CompareExchange(ref _state, Busy, state) == state)
        {
            _signal.Set();
        }
    }
}
