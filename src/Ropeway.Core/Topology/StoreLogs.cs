using Microsoft.Extensions.Logging;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Core.Tracing;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>The logs of a store.</summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="deadlines">Of the whole broker.</param>
/// <param name="chance">Gives numbers from 0, exclusive 1.</param>
/// <param name="logger">Is told about queues that fail.</param>
/// <param name="pool">Does what must not be done on the spot; null: the framework's pool.</param>
internal sealed class StoreLogs(Store store, TimeProvider time, Deadlines deadlines, Func<double> chance, ILogger logger, IWorkPool? pool = null) : ILogs
{
    /// <inheritdoc/>
    public QueueServices Services { get; } = new(store.OnCommitted, store.BeginUnit, time, deadlines)
    {
        OnRoom = store.OnRoom,
        Chance = chance,
        Logger = logger,
        Pool = pool ?? WorkPool.Instance,
        Tracing = new MessageTracing(time, pool ?? WorkPool.Instance),
    };

    /// <inheritdoc/>
    public StoredLog Open(ulong id) => store.TryGetLog(id, out StoredLog? log)
        ? log
        : throw new StoreException(StoreFault.Damaged, $"A queue is defined whose log {id} is not in the store.");

    /// <inheritdoc/>
    public StoredLog CreateTransient() => store.CreateTransientLog();

    /// <inheritdoc/>
    public void DeleteTransient(StoredLog log) => store.DeleteTransientLog(log);
}
