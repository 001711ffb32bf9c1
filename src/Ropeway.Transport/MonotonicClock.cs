namespace Ropeway.Transport;

/// <summary>Monotonic milliseconds of a <see cref="TimeProvider"/>: the scale of ticks and heartbeats. Any thread.</summary>
/// <param name="time">The clock.</param>
public sealed class MonotonicClock(TimeProvider time)
{
    /// <summary>Milliseconds since an arbitrary moment; never goes back.</summary>
    public long NowMs
    {
        get
        {
            long ticks = time.GetTimestamp();
            long perSecond = time.TimestampFrequency;
            return (ticks / perSecond * 1000) + (ticks % perSecond * 1000 / perSecond); // In two parts: the product of all would overflow.
        }
    }
}
