using Ropeway.Core.Queues;

namespace Ropeway.Core.Tracing;

/// <summary>A traced message in one queue, at one moment.</summary>
/// <param name="Queue">The queue, which may be deleted by now.</param>
/// <param name="Sequence">The message's number there.</param>
/// <param name="StoredAt">When it came.</param>
/// <param name="Steps">What happened since, the oldest first.</param>
/// <param name="DroppedCount">Steps that were too many to be kept.</param>
/// <param name="HasEnded">Whether it is known how it left.</param>
public sealed record QueueStayView(Queue Queue, long Sequence, DateTimeOffset StoredAt, IReadOnlyList<LifeStep> Steps, int DroppedCount, bool HasEnded)
{
    /// <summary>Where it came from; null when its publisher sent it.</summary>
    public required StayOrigin? Origin { get; init; }
}
