namespace Ropeway.Core.Limits;

/// <summary>What one user has open, while it has a connection. Any thread.</summary>
public sealed class UserTally
{
    private long _channelCount;

    /// <summary>Open channels of all connections.</summary>
    public long ChannelCount => Volatile.Read(ref _channelCount);

    /// <summary>Open connections. Under the registry's lock.</summary>
    internal long ConnectionCount { get; set; }

    /// <summary>Counts one more channel unless the limit is reached.</summary>
    /// <param name="channelsMax">The limit; null and negative: none.</param>
    public bool TryOpenChannel(long? channelsMax)
    {
        if (Interlocked.Increment(ref _channelCount) <= channelsMax || channelsMax is null or < 0)
        {
            return true;
        }

        CloseChannels(1);
        return false;
    }

    /// <summary>Counts channels that are over.</summary>
    public void CloseChannels(int count) => Interlocked.Add(ref _channelCount, -count);
}
