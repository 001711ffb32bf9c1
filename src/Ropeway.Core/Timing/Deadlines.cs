namespace Ropeway.Core.Timing;

/// <summary>
/// Calls items when their time has come: one timer for the whole broker, whatever waits. Any thread may set deadlines, also with
/// gates held. Items are called one after the other on a pool thread, without gates, at most one tick late.
/// </summary>
/// <remarks>
/// Deadlines are times of day, because those of messages outlive the process. The timer looks again every few seconds, so that a
/// clock that was set is noticed.
/// </remarks>
public sealed class Deadlines : IDisposable
{
    /// <summary>How late an item may be called, in milliseconds: what is due within a tick is done together.</summary>
    public const int TickMs = 25;

    private const int SleepMsMax = 10_000;

    private readonly Lock _gate = new();
    private readonly Lock _running = new(); // Held while items are called.
    private readonly TimedHeap _heap = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _wakesAtMs = long.MaxValue;
    private bool _isStarted;
    private bool _isStopped;

    /// <summary>Nothing is called before <see cref="Start"/>.</summary>
    public Deadlines(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((Deadlines)state!).Run(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The time now, in milliseconds since the Unix epoch.</summary>
    public long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Items with a deadline.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _heap.Count;
            }
        }
    }

    /// <summary>Everything is there that items may touch: from now on they are called.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _isStarted = true;
            WakeInTime();
        }
    }

    /// <summary>Sets or moves the deadline of an item. Does nothing after <see cref="Dispose"/>.</summary>
    /// <param name="item">Belongs to these deadlines only.</param>
    /// <param name="dueMs">Milliseconds since the Unix epoch; a time that has passed means as soon as possible.</param>
    public void Set(Timed item, long dueMs)
    {
        lock (_gate)
        {
            if (!_isStopped)
            {
                _heap.Set(item, dueMs);
                WakeInTime();
            }
        }
    }

    /// <summary>Takes the deadline of an item away. A call that has begun may still be under way.</summary>
    public void Cancel(Timed item)
    {
        lock (_gate)
        {
            _heap.Remove(item);
        }
    }

    /// <summary>Ends it: when this returns, no item is being called, and none will be.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        _timer.Dispose();
        lock (_running)
        {
            // A call that was under way has ended.
        }
    }

    private void Run()
    {
        lock (_running)
        {
            while (TryTakeDue(out Timed? item, out long nowMs))
            {
                Call(item!, nowMs);
            }
        }
    }

    private static void Call(Timed item, long nowMs)
    {
        try
        {
            item.OnDue(nowMs);
        }
        catch (Exception fault) when (Durability.IsStoreFailure(fault))
        {
            // The store tells its owner.
        }
        catch (Exception fault)
        {
            item.OnFault(fault); // The others have their times, too.
        }
    }

    private bool TryTakeDue(out Timed? item, out long nowMs)
    {
        nowMs = NowMs;
        lock (_gate)
        {
            item = _heap.First;
            if (item is null || item.DueMs > nowMs || _isStopped)
            {
                _wakesAtMs = long.MaxValue;
                WakeInTime();
                return false;
            }

            _heap.Remove(item);
            return true;
        }
    }

    /// <summary>Sets the timer, unless it rings early enough. Under the gate.</summary>
    private void WakeInTime()
    {
        if (_heap.First is not { } first || !_isStarted || _isStopped || first.DueMs >= _wakesAtMs)
        {
            return;
        }

        long nowMs = NowMs;
        long tickMs = (Math.Clamp(first.DueMs, nowMs + 1, nowMs + SleepMsMax) + TickMs - 1) / TickMs * TickMs;
        _wakesAtMs = tickMs;
        _timer.Change(TimeSpan.FromMilliseconds(tickMs - nowMs), Timeout.InfiniteTimeSpan);
    }
}
