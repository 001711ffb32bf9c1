using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Storage;

namespace Ropeway.Core.Tracing;

/// <summary>
/// The life lines of the messages that were traced last, in memory and of bounded number: a new one replaces the oldest. Any thread; its gate is a leaf, taken with
/// a log's gate held.
/// </summary>
/// <param name="countMax">How many are kept.</param>
/// <param name="stayCountMax">How many stays of theirs are kept, together; more only of the newest message.</param>
internal sealed class LifeLines(int countMax, int stayCountMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<LifeLine> _lines = new();
    private int _stayCount;

    /// <summary>A message came.</summary>
    public void Add(LifeLine line)
    {
        lock (_gate)
        {
            if (_lines.Count == countMax)
            {
                ForgetOldest();
            }

            _lines.Enqueue(line);
        }
    }

    /// <summary>All are forgotten.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (_lines.Count > 0)
            {
                ForgetOldest();
            }
        }
    }

    /// <summary>Changes one.</summary>
    public void Change(LifeLine line, Action<LifeLine> change)
    {
        lock (_gate)
        {
            change(line);
        }
    }

    /// <summary>A message is in a place. Under the log's gate.</summary>
    public void Store(in TracedItem item, ITracedPlace place, long sequence, DateTimeOffset at)
    {
        lock (_gate)
        {
            item.Source?.WentOn = true;
            if (item.Line.IsForgotten)
            {
                return; // Nobody would take the stay out of the place's list again.
            }

            var stay = new QueueStay(item.Line, place, sequence, at) { Origin = item.Origin };
            (place.Traced ??= new TracedStays()).Add(stay);
            _stayCount++;
            if (item.Line.Add(stay) is { } oldest)
            {
                Forget(oldest);
                _stayCount--;
            }

            while (_stayCount > stayCountMax && _lines.Count > 1)
            {
                ForgetOldest();
            }
        }
    }

    /// <summary>Something happened to messages of a queue. Under the log's gate.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="range">Which messages; those that are not traced do not count.</param>
    /// <param name="step">What happened.</param>
    /// <param name="isEnd">Whether they left with that.</param>
    /// <param name="spans">Gets what came to its end with that.</param>
    public void Note(Queue queue, OffsetRange range, in LifeStep step, bool isEnd, SpanQueue spans)
    {
        lock (_gate)
        {
            if (queue.Traced is not { } traced)
            {
                return;
            }

            foreach (QueueStay stay in traced.Within(range))
            {
                spans.Add(stay, step);
                stay.Add(step, isEnd);
                if (isEnd)
                {
                    Forget(stay);
                }
            }
        }
    }

    /// <summary>The stay of a traced message; null when it is not traced.</summary>
    public QueueStay? StayOf(ITracedPlace place, long sequence)
    {
        lock (_gate)
        {
            return place.Traced is { } traced && traced.TryGet(sequence, out QueueStay? stay) ? stay : null;
        }
    }

    /// <summary>Messages were given to other queues and have left their place. Under the log's gate.</summary>
    /// <param name="place">The place.</param>
    /// <param name="range">Which messages; those that are not traced do not count.</param>
    /// <param name="dropped">What is said when no queue has taken one.</param>
    public void Leave(ITracedPlace place, OffsetRange range, in LifeStep dropped)
    {
        lock (_gate)
        {
            if (place.Traced is not { } traced)
            {
                return;
            }

            foreach (QueueStay stay in traced.Within(range))
            {
                if (!stay.WentOn)
                {
                    stay.Add(dropped, isEnd: true);
                }

                stay.End();
                Forget(stay);
            }
        }
    }

    /// <summary>The messages that fit, the newest first.</summary>
    public IReadOnlyList<LifeLineView> Find(Func<LifeLine, bool> isWanted)
    {
        lock (_gate)
        {
            return [.. _lines.Where(isWanted).Reverse().Select(ViewOf)];
        }
    }

    private static LifeLineView ViewOf(LifeLine line) => new(line.Host, line.Sender, line.Exchange, line.RoutingKey, line.MessageId, line.TraceParent)
    {
        BodyBytes = line.BodyBytes,
        ReceivedAt = line.ReceivedAt,
        RoutedAt = line.RoutedAt,
        SafeAt = line.SafeAt,
        IsRefused = line.IsRefused,
        Stays = [.. from stay in line.Stays where stay.Place is Queue select ViewOf(stay, (Queue)stay.Place)],
        LeftOutCount = line.LeftOutCount,
        IsDelayed = line.Stays.Any(stay => stay is { Place: DelayLog, HasEnded: false }),
    };

    private static QueueStayView ViewOf(QueueStay stay, Queue queue) => new(queue, stay.Sequence, stay.StoredAt, [.. stay.Steps], stay.DroppedCount, stay.HasEnded)
    {
        Origin = stay.Origin,
    };

    private void ForgetOldest()
    {
        LifeLine line = _lines.Dequeue();
        line.IsForgotten = true;
        _stayCount -= line.Stays.Count;
        foreach (QueueStay stay in line.Stays)
        {
            Forget(stay);
        }
    }

    /// <summary>A stay is followed no more.</summary>
    private static void Forget(QueueStay stay)
    {
        if (stay.Place.Traced is { } traced)
        {
            traced.Remove(stay.Sequence);
            if (traced.Count == 0)
            {
                stay.Place.Traced = null;
            }
        }
    }
}
