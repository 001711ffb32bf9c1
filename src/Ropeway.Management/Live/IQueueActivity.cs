using Ropeway.Core.Queues;

namespace Ropeway.Management.Live;

/// <summary>Tells which queues have something to look at. One caller at a time.</summary>
internal interface IQueueActivity
{
    /// <summary>Queues in which something has happened since the last call, with their counts before; at the first call those that hold messages.</summary>
    /// <param name="isFollowed">Says which queues are followed already: these are left out.</param>
    IReadOnlyCollection<(Queue Queue, QueueMoment Before)> Take(Func<Queue, bool> isFollowed);
}
