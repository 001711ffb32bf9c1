namespace Ropeway.Simulation.Steps;

/// <summary>A clock that stands still until it is advanced. Its time of day can be set to any other; its timers, as those of a machine, do not notice. Calls of timers are made by <see cref="TryFire"/> only.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<SimulatedTimer> _timers = [];
    private long _ticks;
    private long _steppedTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Time since the start, in ticks of 100 ns.</summary>
    public long Ticks => _ticks;

    /// <summary>The time of day, in milliseconds since the Unix epoch.</summary>
    public long NowMs => GetUtcNow().ToUnixTimeMilliseconds();

    public void Advance(TimeSpan time) => _ticks += time.Ticks;

    /// <summary>Sets the time of day forward or back.</summary>
    public void Step(TimeSpan time) => _steppedTicks += time.Ticks;

    /// <summary>Advances to where the next timer rings.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryAdvanceToTimer()
    {
        long next = long.MaxValue;
        foreach (SimulatedTimer timer in _timers)
        {
            next = Math.Min(next, timer.DueTicks);
        }

        _ticks = next == long.MaxValue ? _ticks : Math.Max(_ticks, next);
        return next != long.MaxValue;
    }

    /// <summary>Calls one timer that is due.</summary>
    /// <returns>False when none is.</returns>
    public bool TryFire()
    {
        foreach (SimulatedTimer timer in _timers)
        {
            if (timer.DueTicks <= _ticks)
            {
                timer.Fire();
                return true;
            }
        }

        return false;
    }

    /// <summary>The machine is off: its timers never ring.</summary>
    public void ForgetTimers() => _timers.Clear();

    /// <inheritdoc/>
    public override long GetTimestamp() => _ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_ticks + _steppedTicks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    private sealed class SimulatedTimer(SimulatedClock clock, Action call) : ITimer
    {
        private long _periodTicks;

        public long DueTicks { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueTicks = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock._ticks + dueTime.Ticks;
            _periodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            return true;
        }

        public void Fire()
        {
            DueTicks = _periodTicks == 0 ? long.MaxValue : clock._ticks + _periodTicks;
            call();
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
