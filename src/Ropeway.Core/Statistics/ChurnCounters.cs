namespace Ropeway.Core.Statistics;

/// <summary>Counts what comes and goes since the start, but for connections, which their registry counts. Any thread.</summary>
public sealed class ChurnCounters
{
    private long _channelsOpened;
    private long _channelsClosed;
    private long _queuesDeclared;
    private long _queuesCreated;
    private long _queuesDeleted;

    /// <summary>Channels that were opened.</summary>
    public long ChannelsOpened => Volatile.Read(ref _channelsOpened);

    /// <summary>Channels that ended.</summary>
    public long ChannelsClosed => Volatile.Read(ref _channelsClosed);

    /// <summary>Declarations of queues, of those that were there as well.</summary>
    public long QueuesDeclared => Volatile.Read(ref _queuesDeclared);

    /// <summary>Queues that were made.</summary>
    public long QueuesCreated => Volatile.Read(ref _queuesCreated);

    /// <summary>Queues that were deleted.</summary>
    public long QueuesDeleted => Volatile.Read(ref _queuesDeleted);

    /// <summary>A channel was opened.</summary>
    public void OnChannelOpened() => Interlocked.Increment(ref _channelsOpened);

    /// <summary>Channels have ended.</summary>
    public void OnChannelsClosed(int count) => Interlocked.Add(ref _channelsClosed, count);

    /// <summary>A queue was declared.</summary>
    internal void OnQueueDeclared(bool isNew)
    {
        Interlocked.Increment(ref _queuesDeclared);
        if (isNew)
        {
            Interlocked.Increment(ref _queuesCreated);
        }
    }

    /// <summary>Queues were deleted.</summary>
    internal void OnQueuesDeleted(int count) => Interlocked.Add(ref _queuesDeleted, count);
}
