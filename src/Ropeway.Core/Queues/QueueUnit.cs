using Ropeway.Core.Tracing;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Publishes and settlements over several queues of which after a crash all count or none: what a transaction commits. Made by
/// <see cref="Durability.BeginUnit"/>, used by one thread without waits in between, then completed; only when the
/// store has failed it may be disposed without that.
/// </summary>
public sealed class QueueUnit : IDisposable
{
    private readonly AtomicUnit _unit;

    internal QueueUnit(AtomicUnit unit)
    {
        _unit = unit;
    }

    /// <summary>Those of its messages that are traced; null for none.</summary>
    internal List<LifeLine>? Traced { get; set; }

    /// <summary>Appends every message to its queues and dispatches. No gate may be held.</summary>
    /// <param name="batch">Its items have blocks of their own.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    public void Publish(PublishBatch batch, DispatchBatch dispatch) => batch.Publish([], dispatch, _unit);

    /// <summary>Settles and returns messages, queue by queue, and forgets them. No gate may be held.</summary>
    public void Resolve(ResolveBatch batch, DispatchBatch dispatch) => batch.Resolve(dispatch, _unit);

    /// <summary>Ends the unit. No gate may be held.</summary>
    /// <returns>The commit index that all of it is durable at; 0 when nothing had to be written.</returns>
    public ulong Complete() => _unit.Complete();

    /// <inheritdoc/>
    public void Dispose() => _unit.Dispose();
}
