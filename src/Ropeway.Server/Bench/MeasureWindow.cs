namespace Ropeway.Server.Bench;

/// <summary>The measured part of a run in monotonic ticks. Set once each by the thread that leads the run; read by all.</summary>
internal sealed class MeasureWindow
{
    private long _startTicks = long.MaxValue;
    private long _endTicks = long.MaxValue;

    /// <summary>Begin, inclusive; <see cref="long.MaxValue"/> during warm-up.</summary>
    public long StartTicks
    {
        get => Volatile.Read(ref _startTicks);
        set => Volatile.Write(ref _startTicks, value);
    }

    /// <summary>End, exclusive; <see cref="long.MaxValue"/> until it is reached.</summary>
    public long EndTicks
    {
        get => Volatile.Read(ref _endTicks);
        set => Volatile.Write(ref _endTicks, value);
    }

    /// <summary>Whether a message sent at <paramref name="ticks"/> counts.</summary>
    public bool Contains(long ticks) => ticks >= StartTicks && ticks < EndTicks;
}
