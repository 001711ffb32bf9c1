using Ropeway.Core.Limits;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Resources;

/// <summary>
/// Has the publishers of one virtual host wait while it holds as many ready messages, or bytes of them, as its limits allow
/// (<see cref="VirtualHostLimits.ReadyMessagesMax"/>, <see cref="VirtualHostLimits.ReadyBytesMax"/>). It adds up now and then what the queues
/// know, so that publishing costs nothing for it: what is published until the next look goes over the limit. Owned by the host; asleep while
/// there is no limit.
/// </summary>
/// <remarks>
/// What will be ready by itself counts too: messages that wait to be retried, and the number of delayed ones. What was delivered does not, and no
/// stream does: its consumers make no room. A queue counts bytes only while it or its host has a limit for them. Takes the host's gate, then
/// those of logs one by one, for memory work only.
/// </remarks>
internal sealed class ReadyWatch(VirtualHost host, QueueServices services) : Timed
{
    /// <summary>Time between looks while the host holds less than half of what it may, in milliseconds.</summary>
    public const int RelaxedPeriodMs = 1000;

    /// <summary>Time between looks otherwise, in milliseconds.</summary>
    public const int NearPeriodMs = 100;

    private const int QueuesPerMs = 100; // 100 queues are counted in some 20 microseconds: 2 % of a core at most.
    private const int RoomShare = 10; // Publishers go on when a tenth of the limit is free.

    private readonly Deadlines _deadlines = services.Deadlines;
    private bool _isCountingBytes;

    /// <summary>The limits have changed. Any gate may be held.</summary>
    public void LookNow() => _deadlines.Set(this, _deadlines.NowMs);

    /// <inheritdoc/>
    protected internal override void OnDue(long nowMs)
    {
        long? messagesMax = host.Limits.ReadyMessagesMax is >= 0 and long messages ? messages : null;
        long? bytesMax = host.Limits.ReadyBytesMax is >= 0 and long bytes ? bytes : null;
        if (messagesMax is null && bytesMax is null && !_isCountingBytes)
        {
            host.Admission.Set(AdmissionCause.VirtualHost, holds: false);
            return;
        }

        IReadOnlyList<Queue> queues = host.ListQueues();
        (long messageCount, long byteCount) = Count(queues, bytesMax is not null);
        string? reason = Describe(messageCount, messagesMax, "ready messages") ?? Describe(byteCount, bytesMax, "bytes of ready messages");
        host.Admission.Set(AdmissionCause.VirtualHost, reason is not null, reason);
        bool isNear = reason is not null || messageCount >= messagesMax / 2 || byteCount >= bytesMax / 2;
        _deadlines.Set(this, nowMs + Math.Max(isNear ? NearPeriodMs : RelaxedPeriodMs, queues.Count / QueuesPerMs));
    }

    /// <inheritdoc/>
    /// <remarks>It looks no more, until the limits change: publishers of this host go on.</remarks>
    public override void OnFault(Exception fault)
    {
        ResourceLog.ReadyWatchFailed(services.Logger, fault, host.Name);
        host.Admission.Set(AdmissionCause.VirtualHost, holds: false);
    }

    private (long MessageCount, long ByteCount) Count(IReadOnlyList<Queue> queues, bool countsBytes)
    {
        long messageCount = host.Delays?.Count ?? 0;
        long byteCount = 0;
        foreach (Queue queue in queues)
        {
            if (queue is not SharedQueue shared)
            {
                continue;
            }

            messageCount += shared.MessageCount + shared.DelayedCount;
            if (countsBytes)
            {
                byteCount += ReadyBytes.CountForHost(shared);
            }
            else if (_isCountingBytes)
            {
                ReadyBytes.StopForHost(shared);
            }
        }

        _isCountingBytes = countsBytes;
        return (messageCount, byteCount);
    }

    /// <returns>Null when there is room.</returns>
    private string? Describe(long held, long? max, string what) =>
        held >= (host.Admission.Causes == AdmissionCause.None ? max : max - (max / RoomShare))
            ? $"virtual host '{host.Name}' holds {held} {what}, its limit is {max}"
            : null;
}
