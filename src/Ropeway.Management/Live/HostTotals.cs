namespace Ropeway.Management.Live;

/// <summary>Sums over the queues of one virtual host, at one look.</summary>
internal sealed class HostTotals
{
    /// <summary>Waiting messages.</summary>
    public long Waiting { get; private set; }

    /// <summary>Messages that consumers hold.</summary>
    public long Held { get; private set; }

    /// <summary>How long the oldest waiting message waits, in seconds; null when none waits.</summary>
    public double? OldestSeconds { get; private set; }

    /// <summary>Where it waits.</summary>
    public string? OldestQueue { get; private set; }

    /// <summary>How long a message is held, at most, in seconds; null when none is.</summary>
    public double? LongestHeldSeconds { get; private set; }

    /// <summary>Adds a queue.</summary>
    public void Add(QueueState state, DateTimeOffset at)
    {
        Waiting += state.Moment.Ready;
        Held += state.Moment.Unacked;
        if (state.OldestSeconds(at) is { } oldest && !(oldest <= OldestSeconds))
        {
            OldestSeconds = oldest;
            OldestQueue = state.Queue.Name;
        }

        if (state.HeldSeconds(at) is { } held && !(held <= LongestHeldSeconds))
        {
            LongestHeldSeconds = held;
        }
    }
}
