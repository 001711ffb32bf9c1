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

    /// <summary>A message is in a queue. Under the log's gate.</summary>
    public void Store(LifeLine line, Queue queue, long sequence, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (line.IsForgotten)
            {
                return; // Nobody would take the stay out of the queue's list again.
            }

            var stay = new QueueStay(line, queue, sequence, at);
            line.Stays.Add(stay);
            (queue.Traced ??= new TracedStays()).Add(stay);
            _stayCount++;
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
                    Leave(stay);
                }
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
        Stays = [.. line.Stays.Select(stay => new QueueStayView(stay.Queue, stay.Sequence, stay.StoredAt, [.. stay.Steps], stay.DroppedCount, stay.HasEnded))],
    };

    private void ForgetOldest()
    {
        LifeLine line = _lines.Dequeue();
        line.IsForgotten = true;
        _stayCount -= line.Stays.Count;
        foreach (QueueStay stay in line.Stays)
        {
            Leave(stay);
        }
    }

    private static void Leave(QueueStay stay)
    {
        if (stay.Queue.Traced is { } traced)
        {
            traced.Remove(stay.Sequence);
            if (traced.Count == 0)
            {
                stay.Queue.Traced = null;
            }
        }
    }
}
