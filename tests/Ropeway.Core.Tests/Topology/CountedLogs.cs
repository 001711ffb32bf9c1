using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Topology;

/// <summary>The logs of the shared store, those that are not durable counted.</summary>
internal sealed class CountedLogs : ILogs
{
    public int TransientCount { get; private set; }

    public QueueServices Services => SharedStore.Logs.Services;

    public StoredLog Open(ulong id) => SharedStore.Logs.Open(id);

    public StoredLog CreateTransient()
    {
        TransientCount++;
        return SharedStore.Logs.CreateTransient();
    }

    public void DeleteTransient(StoredLog log)
    {
        TransientCount--;
        SharedStore.Logs.DeleteTransient(log);
    }
}
