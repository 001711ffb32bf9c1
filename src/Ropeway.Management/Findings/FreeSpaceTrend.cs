namespace Ropeway.Management.Findings;

/// <summary>When a disk is full if it goes on filling as in the last hour. One thread at a time.</summary>
internal sealed class FreeSpaceTrend
{
    private const int SampleCountMax = 60;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10); // Less says nothing about a day.

    private readonly Queue<(DateTimeOffset At, long FreeBytes)> _samples = new();
    private DateTimeOffset _lastAt = DateTimeOffset.MinValue;

    /// <summary>Notes the free space.</summary>
    /// <param name="now">The time.</param>
    /// <param name="freeBytes">Free space.</param>
    /// <returns>Seconds until nothing is free; null when the disk is not filling, or has not been looked at for long enough.</returns>
    public double? SecondsLeft(DateTimeOffset now, long freeBytes)
    {
        if (now < _lastAt)
        {
            _samples.Clear(); // The clock was set back.
            _lastAt = DateTimeOffset.MinValue;
        }

        if (now - _lastAt >= SampleEvery)
        {
            _lastAt = now;
            _samples.Enqueue((now, freeBytes));
            if (_samples.Count > SampleCountMax)
            {
                _samples.Dequeue();
            }
        }

        (DateTimeOffset at, long before) = _samples.Peek();
        double seconds = (now - at).TotalSeconds;
        double perSecond = seconds > 0 ? (before - freeBytes) / seconds : 0;
        return now - at >= Shortest && perSecond > 0 ? freeBytes / perSecond : null;
    }
}
