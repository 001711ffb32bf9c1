using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Queues;

/// <summary>What a queue is declared with; immutable.</summary>
/// <param name="Name">At most 255 bytes of UTF-8. In a declaration: empty to have the broker choose a name.</param>
/// <param name="Durable">True to survive a restart; has no effect on an exclusive queue.</param>
/// <param name="Exclusive">True to lock the queue to <paramref name="Owner"/> and to delete it when the owner goes.</param>
/// <param name="AutoDelete">True to delete the queue when its last consumer goes.</param>
/// <param name="Arguments">Null when there are none.</param>
/// <param name="Owner">The connection that owns an exclusive queue; compared by reference. Null for other queues.</param>
public sealed record QueueSettings(string Name, bool Durable, bool Exclusive, bool AutoDelete, FieldTable? Arguments, object? Owner)
{
    /// <summary>The exchange that the arguments name for dead letters; null when they name none.</summary>
    public string? DeadLetterExchange =>
        Arguments is not null && Arguments.TryGetString(ArgumentNames.DeadLetterExchange, out string? exchange) ? exchange : null;
}
