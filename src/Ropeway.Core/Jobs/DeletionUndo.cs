using Ropeway.Core.Queues;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Jobs;

/// <summary>Brings a deleted queue back.</summary>
/// <param name="host">Its virtual host.</param>
/// <param name="shelved">The queue.</param>
internal sealed class DeletionUndo(VirtualHost host, ShelvedQueue shelved) : IJobUndo
{
    /// <inheritdoc/>
    public UndoStatus Run(out ulong index) => host.Unshelve(shelved, out index);
}
