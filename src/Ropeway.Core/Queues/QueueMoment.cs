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
    /// <summary>Bytes of the bodies of ready messages; null where they are not counted, because nothing limits them.</summary>
    public long? ReadyBytes { get; init; }

    /// <summary>Messages that came back at least once; 0 in queues that do not count it.</summary>
    public int ReturnedCount { get; init; }

    /// <summary>Messages in the queue.</summary>
    public long Messages => Ready + Unacked + Delayed;

    /// <summary>Messages that left it since it was declared, in whatever way.</summary>
    public long LeftCount => EndOffset - Messages;

    /// <summary>Counts. Under the queue's gate.</summary>
    internal static QueueMoment Of(Queue queue)
    {
        var shared = queue as SharedQueue;
        long firstReady = shared is { Ready.Levels: null } ? shared.Ready.First : queue.Log.StartOffset; // With priorities the oldest may be anywhere.
        return new QueueMoment(
            queue.ReadyCount,
            queue.UnackedCount,
            queue.DelayedCount,
            queue.ConsumerCount,
            queue.Log.EndOffset,
            queue.Log.StartOffset,
            Math.Min(queue.Log.NextUnsettled(firstReady), queue.Log.EndOffset))
        {
            ReadyBytes = shared?.Bytes is { IsComplete: true } counted ? counted.Total : null,
            ReturnedCount = queue.Log.MarkCount,
        };
    }
}
