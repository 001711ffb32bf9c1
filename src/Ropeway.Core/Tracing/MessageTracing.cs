using System.Diagnostics;
using System.Text;
using Ropeway.Core.Delays;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tracing;

/// <summary>
/// Follows a share of the messages: a life line in memory for each, and spans for who listens to the source <see cref="SourceName"/>. Any thread. While it is off
/// it costs a comparison for each batch.
/// </summary>
public sealed class MessageTracing
{
    /// <summary>The name of the source of activities.</summary>
    public const string SourceName = "Ropeway";

    /// <summary>How many messages are remembered.</summary>
    public const int LineCountMax = 4_096;

    /// <summary>How many stays in queues are remembered of them, together: older messages go for those that lead to many queues.</summary>
    public const int StayCountMax = 4 * LineCountMax;

    private static readonly ActivitySource Source = new(SourceName, Broker.Version);

    private readonly LifeLines _lines = new(LineCountMax, StayCountMax);
    private readonly TimeProvider _time;
    private readonly SpanQueue _spans;
    private double _share;
    private long _untracedCount; // Messages without a trace of their own, of which each n-th is taken.

    /// <summary>Makes it; it is off.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="pool">Tells spans.</param>
    internal MessageTracing(TimeProvider time, IWorkPool pool)
    {
        _time = time;
        _spans = new SpanQueue(Source, pool);
    }

    /// <summary>Share of the messages that are followed from now on, 0 (off) to 1. What is remembered stays until it is replaced, and is followed to its end.</summary>
    public double Share
    {
        get => Volatile.Read(ref _share);
        set
        {
            if (value is not (>= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "a share from 0 to 1 is expected");
            }

            Volatile.Write(ref _share, value);
        }
    }

    /// <summary>Spans that were left out because too many ended at once.</summary>
    public long DroppedSpanCount => _spans.DroppedCount;

    /// <summary>As <see cref="PublishBatch.Publish(ReadOnlySpan{byte}, DispatchBatch)"/>, and follows some of the messages. No gate may be held.</summary>
    /// <param name="batch">The messages.</param>
    /// <param name="source">The received bytes that items without a block refer to.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <param name="sender">Who publishes.</param>
    /// <param name="durability">Tells when an index is durable.</param>
    /// <returns>The commit index that all of it is durable at; 0 when nothing needs to be.</returns>
    public ulong Publish(PublishBatch batch, ReadOnlySpan<byte> source, DispatchBatch dispatch, ITraceSender sender, Durability durability)
    {
        if (Volatile.Read(ref _share) == 0)
        {
            return batch.Publish(source, dispatch);
        }

        LifeLine[] taken = Begin(batch, source, sender);
        ulong index = batch.Publish(source, dispatch);
        if (taken.Length > 0)
        {
            EndRouting(batch, _time.GetUtcNow());
            EndWhenSafe(taken, index, durability);
        }

        return index;
    }

    /// <summary>As <see cref="QueueUnit.Publish"/>, and follows some of the messages; <see cref="EndUnit"/> follows. No gate may be held.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="batch">The messages; all have blocks of their own.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <param name="sender">Who publishes.</param>
    public void Publish(QueueUnit unit, PublishBatch batch, DispatchBatch dispatch, ITraceSender sender)
    {
        if (Volatile.Read(ref _share) == 0)
        {
            unit.Publish(batch, dispatch);
            return;
        }

        LifeLine[] taken = Begin(batch, [], sender);
        unit.Publish(batch, dispatch);
        if (taken.Length > 0)
        {
            EndRouting(batch, _time.GetUtcNow());
            (unit.Traced ??= []).AddRange(taken);
        }
    }

    /// <summary>A unit is complete: its messages are safe when it is durable. No gate may be held.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="index">The commit index that it is durable at; 0 when it needs not to be.</param>
    /// <param name="durability">Tells when an index is durable.</param>
    public void EndUnit(QueueUnit unit, ulong index, Durability durability)
    {
        if (unit.Traced is { } taken)
        {
            EndWhenSafe([.. taken], index, durability);
        }
    }

    /// <summary>The traced messages with this message-id that are remembered, the newest first.</summary>
    /// <param name="host">Their virtual host.</param>
    /// <param name="messageId">The id.</param>
    public IReadOnlyList<LifeLineView> Find(string host, string messageId) => _lines.Find(line => line.Host == host && line.MessageId == messageId);

    /// <summary>The traced message with this number in a queue; none when it is not remembered.</summary>
    public IReadOnlyList<LifeLineView> Find(string host, string queue, long sequence) =>
        _lines.Find(line => line.Host == host && line.Stays.Any(stay => stay.Sequence == sequence && stay.Place is Queue place && place.Name == queue));

    /// <summary>A queue has taken messages of a batch. Under the log's gate.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="target">The first.</param>
    /// <param name="end">The one to stop before; -1 for none.</param>
    /// <param name="sequence">Number of the first.</param>
    internal void NoteStored(Queue queue, PublishBatch batch, int target, int end, long sequence)
    {
        DateTimeOffset now = _time.GetUtcNow();
        for (; target != end; target = batch.NextTarget(target), sequence++)
        {
            if (batch.Traced!.TryGetValue(batch.IndexOf(target), out TracedItem item))
            {
                _lines.Store(item, queue, sequence, now);
            }
        }
    }

    /// <summary>Messages of a batch wait for their time. Under the log's gate.</summary>
    /// <param name="delays">Where they wait.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="items">Which of it.</param>
    /// <param name="id">Number of the first.</param>
    internal void NoteDelayed(DelayLog delays, PublishBatch batch, ReadOnlySpan<DelayedItem> items, long id)
    {
        DateTimeOffset now = _time.GetUtcNow();
        for (int i = 0; i < items.Length; i++)
        {
            if (batch.Traced!.TryGetValue(items[i].Index, out TracedItem item))
            {
                _lines.Store(item, delays, id + i, now);
            }
        }
    }

    /// <summary>A batch takes a message on that is in a place, or was until it was let go: if it is traced its life line goes on.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The message in it.</param>
    /// <param name="place">Where it was.</param>
    /// <param name="sequence">Its number there.</param>
    /// <param name="kind">How it goes on.</param>
    internal void Follow(PublishBatch batch, int index, ITracedPlace place, long sequence, StayOriginKind kind)
    {
        if (_lines.StayOf(place, sequence) is { } stay)
        {
            (batch.Traced ??= [])[index] = new TracedItem(stay.Line, stay, place is Queue ? new StayOrigin(kind, place.Name, sequence) : new StayOrigin(kind, Queue: null, Sequence: null));
        }
    }

    /// <summary>Messages have left a place, whether queues have taken them from there or not. Under the log's gate.</summary>
    internal void NoteGivenOn(ITracedPlace place, ReadOnlySpan<OffsetRange> ranges)
    {
        var dropped = new LifeStep(LifeStepKind.Dropped, _time.GetUtcNow(), "no queue has taken it: nothing leads to one, it would go round in a circle, or the queue refused it or had it before");
        foreach (OffsetRange range in ranges)
        {
            _lines.Leave(place, range, dropped);
        }
    }

    /// <summary>A message was handed to somebody. Under the log's gate.</summary>
    internal void NoteDelivered(Queue queue, long sequence, string holder, bool isSettled)
    {
        var range = new OffsetRange(sequence, sequence + 1);
        DateTimeOffset now = _time.GetUtcNow();
        Note(queue, range, new LifeStep(LifeStepKind.Delivered, now, holder), isEnd: false);
        if (isSettled)
        {
            Note(queue, range, new LifeStep(LifeStepKind.Settled, now, "by its delivery: the consumer does not acknowledge"), isEnd: true);
        }
    }

    /// <summary>Consumers are done with messages, or give them back. Under the log's gate.</summary>
    internal void NoteResolved(Queue queue, in ResolvedRanges ranges)
    {
        DateTimeOffset now = _time.GetUtcNow();
        string settled = ranges.RefusedCount == 0 ? "acknowledged" : "acknowledged or refused: nothing becomes of refused messages here";
        NoteAll(queue, ranges.Settled, new LifeStep(LifeStepKind.Settled, now, settled), isEnd: true);
        NoteAll(queue, ranges.Rejected, new LifeStep(LifeStepKind.Refused, now, "by its consumer"), isEnd: queue.Effective.DeadLetterExchange is null);
        NoteAll(queue, ranges.Returned, new LifeStep(LifeStepKind.Returned, now, Detail: null), isEnd: false);
        NoteAll(queue, ranges.Failed, new LifeStep(LifeStepKind.Returned, now, "its consumer failed or is gone"), isEnd: false);
    }

    /// <summary>A queue lets messages go; <see cref="NoteGivenOn"/> follows, when there is an exchange for them. Under the log's gate.</summary>
    internal void NoteDead(Queue queue, ReadOnlySpan<OffsetRange> ranges, DeathReason reason)
    {
        string why = reason switch
        {
            DeathReason.Expired => "expired",
            DeathReason.Rejected => "refused",
            DeathReason.MaxLength => "the queue was over its length",
            _ => "it came back more often than its delivery limit allows",
        };
        string where = queue.Effective.DeadLetterExchange is { } exchange ? $"{why}; goes to the dead-letter exchange '{exchange}'" : $"{why}; dropped";
        NoteAll(queue, ranges, new LifeStep(LifeStepKind.Dead, _time.GetUtcNow(), where), isEnd: queue.Effective.DeadLetterExchange is null);
    }

    /// <summary>A job has given messages to other queues. Under the log's gate.</summary>
    internal void NoteMoved(Queue queue, ReadOnlySpan<OffsetRange> ranges, JobKind kind)
    {
        string how = kind == JobKind.Redrive ? "by a job that re-drives dead letters" : "by a job";
        NoteAll(queue, ranges, new LifeStep(LifeStepKind.Moved, _time.GetUtcNow(), how), isEnd: true);
    }

    /// <summary>Messages are safe, so their publishing is over. No gate may be held.</summary>
    internal void EndPublishing(LifeLine[] taken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        foreach (LifeLine line in taken)
        {
            _lines.Change(line, changed => changed.SafeAt = now);
            if (line.Span is { } span)
            {
                span.SetEndTime(now.UtcDateTime);
                span.Stop();
            }
        }
    }

    private void EndWhenSafe(LifeLine[] taken, ulong index, Durability durability)
    {
        if (index == 0 || !durability.OnCommitted(index, new SafeLines(this, taken)))
        {
            EndPublishing(taken);
        }
    }

    private void NoteAll(Queue queue, ReadOnlySpan<OffsetRange> ranges, in LifeStep step, bool isEnd)
    {
        foreach (OffsetRange range in ranges)
        {
            Note(queue, range, step, isEnd);
        }
    }

    private void Note(Queue queue, OffsetRange range, in LifeStep step, bool isEnd) => _lines.Note(queue, range, step, isEnd, _spans);

    private LifeLine[] Begin(PublishBatch batch, ReadOnlySpan<byte> source, ITraceSender sender)
    {
        List<LifeLine> taken = [];
        string? name = null;
        bool[] isRouted = batch.FindRouted();
        for (int i = 0; i < batch.Count; i++)
        {
            if (!isRouted[i])
            {
                continue;
            }

            ref PublishItem item = ref batch[i];
            ReadOnlySpan<byte> from = item.Block is null ? source : item.Block.Span;
            ContentProperties properties = ContentProperties.Read(from.Slice(item.PropertiesStart, item.PropertiesBytes));
            bool hasParent = TraceParent.TryRead(properties, out TraceParent parent);
            if (hasParent ? parent.Fraction >= Share : !IsNext())
            {
                continue;
            }

            LifeLine line = NewLine(item, from, properties, parent, sender.TracedHost, name ??= sender.TracedName);
            _lines.Add(line);
            (batch.Traced ??= []).Add(i, new TracedItem(line, Source: null, Origin: null));
            taken.Add(line);
        }

        return [.. taken];
    }

    private LifeLine NewLine(in PublishItem item, ReadOnlySpan<byte> from, in ContentProperties properties, in TraceParent parent, string host, string sender)
    {
        string exchange = Encoding.UTF8.GetString(from.Slice(item.ExchangeStart, item.ExchangeBytes));
        Activity? span = BeginSpan(exchange, parent.Context);
        var line = new LifeLine
        {
            Host = host,
            Sender = sender,
            Exchange = exchange,
            RoutingKey = Encoding.UTF8.GetString(from.Slice(item.RoutingKeyStart, item.RoutingKeyBytes)),
            MessageId = properties.MessageId.IsEmpty ? null : Encoding.UTF8.GetString(properties.MessageId),
            TraceParent = parent.Text,
            BodyBytes = item.BodyBytes,
            ReceivedAt = _time.GetUtcNow(),
            Span = span,
            Context = span?.Context ?? parent.Context,
        };
        if (span is not null)
        {
            SpanNames.AddTo(span, line, exchange, "publish", "send");
            span.SetTag("ropeway.connection", sender);
        }

        return line;
    }

    /// <summary>Begins the span of a publishing; the thread's own activity stays what it is.</summary>
    private Activity? BeginSpan(string exchange, ActivityContext parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        Activity? before = Activity.Current;
        Activity.Current = null; // Without a parent it is a new trace, whatever the thread does.
        Activity? span = Source.CreateActivity(exchange.Length == 0 ? "publish" : $"publish {exchange}", ActivityKind.Server, parent);
        span?.SetStartTime(_time.GetUtcNow().UtcDateTime);
        span?.Start();
        Activity.Current = before;
        return span;
    }

    private void EndRouting(PublishBatch batch, DateTimeOffset now)
    {
        foreach ((int index, TracedItem item) in batch.Traced!)
        {
            bool isRefused = batch[index].IsRejected;
            _lines.Change(item.Line, changed => (changed.RoutedAt, changed.IsRefused) = (now, isRefused));
            item.Line.Span?.AddEvent(new ActivityEvent("routed", now));
        }
    }

    /// <summary>Whether the next message without a trace of its own is taken: so many of any thousand as the share says.</summary>
    private bool IsNext()
    {
        long count = Interlocked.Increment(ref _untracedCount);
        double share = Share;
        return Math.Floor(count * share) > Math.Floor((count - 1) * share);
    }

    /// <summary>Messages that are safe once the disk has them.</summary>
    private sealed class SafeLines(MessageTracing tracing, LifeLine[] taken) : IDurabilityWaiter
    {
        /// <inheritdoc/>
        public void OnCommitted(ulong committedIndex) => ThreadPool.UnsafeQueueUserWorkItem(static state => state.Tracing.EndPublishing(state.Taken), (Tracing: tracing, Taken: taken), preferLocal: false);
    }
}
