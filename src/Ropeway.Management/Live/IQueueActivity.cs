using Ropeway.Core.Queues;

namespace Ropeway.Management.Live;

/// <summary>Tells which queues have something to look at. One caller at a time.</summary>
internal interface IQueueActivity
{
    /// <summary>Queues in which something has happened since the last call, with their counts before; at the first call those that hold messages.</summary>
    IReadOnlyCollection<(Queue Queue, QueueMoment Before)> Take();
}
