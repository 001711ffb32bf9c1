using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Management.Samples;

namespace Ropeway.Management.Live;

/// <summary>The queues whose counters change: idle ones cost nothing. At the first call those that hold messages or are out of service.</summary>
internal sealed class ActiveQueues(Broker broker, Sampler sampler) : IQueueActivity
{
    private bool _hasLooked;

    /// <inheritdoc/>
    public IReadOnlyCollection<(Queue Queue, QueueMoment Before)> Take(Func<Queue, bool> isFollowed)
    {
        var found = new List<(Queue, QueueMoment)>();
        if (!_hasLooked)
        {
            _hasLooked = true;
            foreach (Queue queue in broker.VirtualHosts.All.SelectMany(host => host.ListQueues()))
            {
                QueueMoment now = queue.Measure();
                if (now.Messages > 0 || queue.OutOfService is not null)
                {
                    found.Add((queue, now));
                }
            }

            return found;
        }

        sampler.ForEachActive(sampled =>
        {
            if (sampled.Queue is not { } queue || isFollowed(queue))
            {
                return;
            }

            QueueMoment now = queue.Measure();
            long taken = sampled.NewOf(MessageEvent.Published);
            if (now.Messages > 0 || taken > 0)
            {
                found.Add((queue, now with { Ready = sampled.Waiting, Unacked = sampled.Held, Delayed = 0, EndOffset = now.EndOffset - taken }));
            }
        });
        return found;
    }
}
