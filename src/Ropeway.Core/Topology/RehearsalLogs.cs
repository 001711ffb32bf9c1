using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>Gives the queues of a rehearsal logs of which nothing is journalled, and deadlines that never come.</summary>
internal sealed class RehearsalLogs : ILogs, IDisposable
{
    private readonly ILogs _logs;
    private readonly List<StoredLog> _made = [];

    /// <summary>Makes them with those of the broker.</summary>
    public RehearsalLogs(ILogs logs)
    {
        _logs = logs;
        QueueServices real = logs.Services;
        Services = new QueueServices(real.OnCommitted, real.BeginUnit, real.Time, new Deadlines(real.Time))
        {
            Tracing = real.Tracing,
            Pool = real.Pool,
            Chance = real.Chance,
            Logger = real.Logger,
            OnRoom = real.OnRoom,
        };
    }

    /// <inheritdoc/>
    public QueueServices Services { get; }

    /// <inheritdoc/>
    public StoredLog Open(ulong id) => CreateTransient();

    /// <inheritdoc/>
    public StoredLog CreateTransient()
    {
        StoredLog log = _logs.CreateTransient();
        _made.Add(log);
        return log;
    }

    /// <inheritdoc/>
    public void DeleteTransient(StoredLog log)
    {
        // Together with the others.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Services.Deadlines.Dispose();
        foreach (StoredLog log in _made)
        {
            _logs.DeleteTransient(log);
        }
    }
}
