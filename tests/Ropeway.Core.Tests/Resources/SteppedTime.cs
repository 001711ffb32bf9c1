namespace Ropeway.Core.Tests.Resources;

/// <summary>A clock whose one timer is fired by hand.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private Action? _tick;

    public TimeSpan Period { get; private set; }

    public void Tick() => _tick?.Invoke();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Period = period;
        _tick = () => callback(state);
        return new Handle(this);
    }

    private sealed class Handle(SteppedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => time._tick = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
