using Ropeway.Core.Queues;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>The logs of queues, as far as declaring and deleting needs them.</summary>
internal interface ILogs
{
    /// <summary>What queues need of the world.</summary>
    QueueServices Services { get; }

    /// <summary>The durable log of an id; it was made by a batch before.</summary>
    /// <exception cref="StoreException">There is no such log.</exception>
    StoredLog Open(ulong id);

    /// <summary>Makes a log of which nothing is journalled.</summary>
    StoredLog CreateTransient();

    /// <summary>Deletes such a log.</summary>
    void DeleteTransient(StoredLog log);
}
