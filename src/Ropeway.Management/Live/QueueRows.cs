using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Management.Definitions;
using Ropeway.Management.Views;

namespace Ropeway.Management.Live;

/// <summary>Makes the rows of lists. Any thread.</summary>
internal sealed class QueueRows(QueueWatch watch)
{
    private const double LongestSeconds = 365 * 86_400.0; // What takes longer is not worth a figure.

    /// <summary>The row of a queue.</summary>
    public QueueRowView Of(Queue queue) => watch.Read(states => states.TryGet(queue, out QueueState? state) ? Of(state, watch.At) : OfIdle(queue));

    private static QueueRowView Of(QueueState state, DateTimeOffset at)
    {
        QueueMoment moment = state.Moment;
        return OfIdle(state.Queue) with
        {
            Waiting = moment.Ready,
            Held = moment.Unacked,
            Consumers = moment.Consumers,
            InRate = Figures.Rate(state.InRate),
            OutRate = Figures.Rate(state.OutRate),
            AckRate = Figures.Rate(state.AckRate),
            Oldest = Figures.Seconds(state.OldestSeconds(at)),
            EmptyIn = EmptyInOf(state),
            State = QueueConditions.TextOf(state.Condition),
            Reason = state.Reason,
        };
    }

    private static QueueRowView OfIdle(Queue queue)
    {
        string? outOfService = queue.OutOfService;
        EffectivePolicy policy = queue.Host.Policies.Find(queue);
        return new QueueRowView(
            queue.Host.Name,
            queue.Name,
            QueueTypes.Of(queue),
            queue.Settings.Durable,
            Waiting: 0,
            Held: 0,
            queue.ConsumerCount,
            InRate: 0,
            OutRate: 0,
            AckRate: 0,
            Oldest: null,
            EmptyIn: null,
            QueueConditions.TextOf(outOfService is null ? QueueCondition.Idle : QueueCondition.OutOfService),
            outOfService,
            policy.User?.Name,
            queue is StreamQueue stream ? ViewOf(stream) : null);
    }

    private static StreamView ViewOf(StreamQueue stream)
    {
        StreamExtent extent = stream.Extent;
        EffectiveArguments effective = stream.Effective;
        return new StreamView(extent.StartOffset, extent.DurableEnd, extent.EndOffset, extent.Bytes, effective.MaxLengthBytes, effective.MaxAgeMs / 1000.0);
    }

    private static EmptyIn? EmptyInOf(QueueState state)
    {
        if (state.Moment.Ready == 0 || state.SlowLeftRate == 0)
        {
            return null;
        }

        if (state.IsFallingBehind)
        {
            return new EmptyIn(null);
        }

        double seconds = state.Moment.Ready / -state.Growth;
        return state.Growth < 0 && seconds < LongestSeconds ? new EmptyIn(Figures.Seconds(seconds)) : null;
    }
}
