using Ropeway.Core.Limits;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Resources;

/// <summary>
/// Has the publishers of one virtual host wait while it holds as many ready messages as its limit allows
/// (<see cref="VirtualHostLimits.ReadyMessagesMax"/>). It counts now and then, so that publishing and consuming cost nothing for it: what
/// is published until the next look goes over the limit. Owned by the host; asleep while there is no limit.
/// </summary>
/// <remarks>
/// What will be ready by itself counts too: messages that wait to be retried, and delayed ones. What was delivered does not, and no stream does:
/// its consumers make no room. Takes the host's gate, then those of logs one by one, for memory work only.
/// </remarks>
internal sealed class ReadyWatch(VirtualHost host, Deadlines deadlines) : Timed
{
    /// <summary>Time between looks while the host holds less than half of what it may, in milliseconds.</summary>
    public const int RelaxedPeriodMs = 1000;

    /// <summary>Time between looks otherwise, in milliseconds.</summary>
    public const int NearPeriodMs = 100;

    private const int QueuesPerMs = 100; // Counting 100 queues takes some microseconds: 1 % of a core at most.
    private const int RoomShare = 10; // Publishers go on when a tenth of the limit is free.

    /// <summary>The limits have changed. Any gate may be held.</summary>
    public void LookNow() => deadlines.Set(this, deadlines.NowMs);

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        if (host.Limits.ReadyMessagesMax is not (>= 0 and long max))
        {
            host.Admission.Set(AdmissionCause.ReadyMessages, holds: false);
            return;
        }

        IReadOnlyList<Queue> queues = host.ListQueues();
        long count = Count(queues);
        bool isFull = count >= (host.Admission.Causes == AdmissionCause.None ? max : max - (max / RoomShare));
        string? reason = isFull ? $"virtual host '{host.Name}' holds {count} ready messages, its limit is {max}" : null;
        host.Admission.Set(AdmissionCause.ReadyMessages, isFull, reason);
        int periodMs = isFull || count >= max / 2 ? NearPeriodMs : RelaxedPeriodMs;
        deadlines.Set(this, nowMs + Math.Max(periodMs, queues.Count / QueuesPerMs));
    }

    private long Count(IReadOnlyList<Queue> queues)
    {
        long count = host.Delays?.Count ?? 0;
        foreach (Queue queue in queues)
        {
            count += queue is StreamQueue ? 0 : queue.MessageCount + queue.DelayedCount;
        }

        return count;
    }
}
