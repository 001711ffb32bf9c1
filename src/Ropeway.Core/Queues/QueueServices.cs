using Microsoft.Extensions.Logging;
using Ropeway.Core.Statistics;
using Ropeway.Core.Timing;
using Ropeway.Core.Tracing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>What every queue needs of the world.</summary>
/// <param name="OnCommitted">Registers a waiter for a commit index; false when it is committed already. <see cref="Store.OnCommitted"/>.</param>
/// <param name="BeginUnit">Begins what after a crash counts as a whole or not at all. <see cref="Store.BeginUnit"/>.</param>
/// <param name="Time">The clock.</param>
/// <param name="Deadlines">Calls queues when messages or they themselves expire.</param>
public sealed record QueueServices(Func<ulong, ICommitWaiter, bool> OnCommitted, Func<AtomicUnit> BeginUnit, TimeProvider Time, Deadlines Deadlines)
{
    /// <summary>Does what must not be done on the spot.</summary>
    internal IWorkPool Pool { get; init; } = WorkPool.Instance;

    /// <summary>Follows a share of the messages.</summary>
    public required MessageTracing Tracing { get; init; }

    /// <summary>The counters that change.</summary>
    public ActiveObjects Active { get; } = new();

    /// <summary>Counts what comes and goes.</summary>
    public ChurnCounters Churn { get; } = new();

    /// <summary>What goes on without a client.</summary>
    public BackgroundWork Background { get; } = new();

    /// <summary>Gives numbers from 0, exclusive 1, for what is left to chance.</summary>
    public required Func<double> Chance { get; init; }

    /// <summary>Is told about what fails.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Registers a waiter for room in the store; false when there is room. <see cref="Store.OnRoom"/>.</summary>
    public required Func<ICommitWaiter, bool> OnRoom { get; init; }
}
