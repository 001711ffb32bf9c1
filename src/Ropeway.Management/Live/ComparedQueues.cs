using System.Runtime.CompilerServices;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Live;

/// <summary>Finds the queues in which something has happened by comparing their counts with those before. The price is a lock for each queue, a tenth of a microsecond.</summary>
internal sealed class ComparedQueues(Broker broker) : IQueueActivity
{
    private readonly ConditionalWeakTable<Queue, StrongBox<QueueMoment>> _last = [];
    private bool _hasLooked;

    /// <inheritdoc/>
    public IReadOnlyCollection<(Queue Queue, QueueMoment Before)> Take()
    {
        var changed = new List<(Queue, QueueMoment)>();
        foreach (VirtualHost host in broker.VirtualHosts.All)
        {
            foreach (Queue queue in host.ListQueues())
            {
                QueueMoment now = queue.Measure();
                if (!_last.TryGetValue(queue, out StrongBox<QueueMoment>? last))
                {
                    last = new StrongBox<QueueMoment>(_hasLooked ? default : now);
                    _last.Add(queue, last);
                    if (now.Messages > 0 || now.EndOffset != last.Value.EndOffset)
                    {
                        changed.Add((queue, last.Value));
                    }
                }
                else if (last.Value != now)
                {
                    changed.Add((queue, last.Value));
                }

                last.Value = now;
            }
        }

        _hasLooked = true;
        return changed;
    }
}
