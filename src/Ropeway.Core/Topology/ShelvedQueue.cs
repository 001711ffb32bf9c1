using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Timing;

namespace Ropeway.Core.Topology;

/// <summary>
/// A queue that was deleted and can come back for a time: its messages stay in its log, and what went with it is remembered. Nobody finds it and it
/// takes nothing. Made by its virtual host and guarded by the host's gate.
/// </summary>
/// <remarks>
/// In the store it stands under an entry of its own. The next start deletes it with its messages: what it takes to bring it back is in memory only.
/// </remarks>
/// <param name="former">The queue as it was; closed for good.</param>
/// <param name="exchanges">Auto-delete exchanges that went with its bindings.</param>
/// <param name="bindings">All bindings that went.</param>
public sealed class ShelvedQueue(Queue former, IReadOnlyList<Exchange> exchanges, IReadOnlyList<Binding> bindings) : Timed
{
    /// <summary>Most queues of a virtual host that can come back; the oldest is gone for good for one more.</summary>
    public const int CountMax = 200;

    /// <summary>How long it can come back: as long as messages that were purged.</summary>
    public static readonly TimeSpan Time = PurgeUndo.Time;

    /// <summary>The queue as it was.</summary>
    internal Queue Former => former;

    /// <summary>Auto-delete exchanges that went with its bindings.</summary>
    internal IReadOnlyList<Exchange> Exchanges => exchanges;

    /// <summary>All bindings that went.</summary>
    internal IReadOnlyList<Binding> Bindings => bindings;

    /// <inheritdoc/>
    public override void OnFault(Exception fault) => former.OnFault(fault);

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs) => former.Host.Discard(this);
}
