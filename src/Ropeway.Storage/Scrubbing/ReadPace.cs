namespace Ropeway.Storage;

/// <summary>Says how long to wait so that reads stay below a rate. Idle time is not saved up. Used by one thread.</summary>
internal sealed class ReadPace
{
    private readonly long _bytesPerSecond;
    private readonly TimeProvider _time;
    private long _freeAt;

    /// <param name="bytesPerSecond">The rate, above 0.</param>
    /// <param name="time">The clock.</param>
    public ReadPace(long bytesPerSecond, TimeProvider time)
    {
        _bytesPerSecond = bytesPerSecond;
        _time = time;
        _freeAt = time.GetTimestamp();
    }

    /// <summary>Accounts for a read.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>How long to wait before it: as long as the reads before it take at that rate.</returns>
    public TimeSpan Take(int bytes)
    {
        long now = _time.GetTimestamp();
        long start = Math.Max(now, _freeAt);
        _freeAt = start + (long)((double)bytes / _bytesPerSecond * _time.TimestampFrequency);
        return _time.GetElapsedTime(now, start);
    }
}
