namespace Ropeway.Core.Queues.Browsing;

/// <summary>Which of a queue's messages are looked at.</summary>
public enum BrowseSet
{
    /// <summary>Those that the next consumer gets.</summary>
    Waiting,

    /// <summary>Those that consumers have and did not settle.</summary>
    Held,

    /// <summary>Those that came back and wait until they are ready again.</summary>
    Delayed,

    /// <summary>All that are in the queue; of a stream all that can be read.</summary>
    All,
}
