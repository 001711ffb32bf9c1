namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>A clock that is moved by hand; its timers are the system's.</summary>
public sealed class ManualTime : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(int seconds) => Interlocked.Add(ref _ticks, seconds * TimeSpan.TicksPerSecond);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());
}
