namespace Ropeway.Core.Queues;

/// <summary>The counts of a queue at one moment, taken together. All zero when it is deleted.</summary>
/// <param name="Ready">Ready messages.</param>
/// <param name="Unacked">Messages delivered and not yet settled.</param>
/// <param name="Delayed">Messages that came back and wait until they are ready again.</param>
/// <param name="Consumers">Consumers on the queue.</param>
/// <param name="EndOffset">Messages that it has taken.</param>
/// <param name="FirstUnsettled">Offset of the oldest message that is not settled; <paramref name="EndOffset"/> when there is none.</param>
/// <param name="FirstReady">Offset of the oldest ready message; with priorities that of the oldest message that is not settled. <paramref name="EndOffset"/> when there is none.</param>
public readonly record struct QueueMoment(long Ready, long Unacked, long Delayed, int Consumers, long EndOffset, long FirstUnsettled, long FirstReady)
{
    /// <summary>Messages in the queue.</summary>
    public long Messages => Ready + Unacked + Delayed;

    /// <summary>Messages that left it since it was declared, in whatever way.</summary>
    public long LeftCount => EndOffset - Messages;
}
