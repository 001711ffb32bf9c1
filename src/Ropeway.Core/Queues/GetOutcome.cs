namespace Ropeway.Core.Queues;

/// <summary>What became of a request for one message.</summary>
public enum GetOutcome
{
    /// <summary>The receiver got a message.</summary>
    Delivered,

    /// <summary>No message is ready.</summary>
    Empty,

    /// <summary>The queue rests; see <see cref="Queue.OutOfService"/>.</summary>
    OutOfService,

    /// <summary>A message is ready but not at hand (being read from disk, or the delivery horizon is being synced). The waiter is told when to ask again.</summary>
    Later,
}
