using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Streams;

/// <summary>
/// A log with a cursor for each consumer: all of them read all messages, each at its own speed, from where it wants; a message goes
/// when it is too old or the stream too large. Whatever publishers say, everything is kept on the disk, and only what is there is read.
/// </summary>
/// <remarks>Acknowledging, returning and rejecting give credit back and change nothing else.</remarks>
public sealed class StreamQueue : Queue, IUnitWatcher
{
    private readonly List<OffsetCursor> _cursors = [];
    private readonly ChunkIndex _chunks;
    private readonly DurableEnd _end;
    private readonly Retention _retention;

    /// <summary>Makes a stream over a log that it alone uses, as the store has recovered it, or as a stream has left it that was closed.</summary>
    /// <param name="host">The virtual host it belongs to.</param>
    /// <param name="settings">What it was declared with.</param>
    /// <param name="log">The messages; all are on the disk.</param>
    /// <param name="former">The stream that was closed; null for none.</param>
    internal StreamQueue(VirtualHost host, QueueSettings settings, StoredLog log, StreamQueue? former = null)
        : base(host, settings, log)
    {
        _chunks = former?._chunks ?? new ChunkIndex();
        _retention = new Retention(this, _chunks, Services.Deadlines);
        LogExtent[] extents;
        lock (log.Gate)
        {
            _end = new DurableEnd(log.EndOffset, Services.OnCommitted, moved: RunSoon);
            extents = former is null ? [.. log.RecoveredExtents()] : [];
        }

        foreach (LogExtent extent in extents) // Nobody knows of the stream yet, so nothing changes meanwhile but where things lie.
        {
            _chunks.Recover(extent with { Bytes = extent.Bytes + log.BodyBytesOf(extent) });
        }
    }

    /// <inheritdoc/>
    internal override long ReadableEnd => _end.Value;

    /// <inheritdoc/>
    internal override long ReadyCount => Math.Max(Log.UnsettledCount - (Log.EndOffset - _end.Value), 0);

    /// <summary>Where it begins and ends, and how large it is.</summary>
    public StreamExtent Extent
    {
        get
        {
            lock (Log.Gate)
            {
                return new StreamExtent(Log.StartOffset, _end.Value, Log.EndOffset, _chunks.TotalBytes);
            }
        }
    }

    /// <summary>The offset that a consumer of this stream gets next; null while its place is being looked for, and for one that has left.</summary>
    public long? PositionOf(Consumer consumer)
    {
        lock (Log.Gate)
        {
            return consumer.Cursor is { Position: >= 0 } cursor && _cursors.Contains(cursor) ? cursor.Position : null;
        }
    }

    /// <inheritdoc/>
    public override void Apply(EffectiveArguments effective)
    {
        lock (Log.Gate)
        {
            Effective = effective;
            _retention.Apply(effective.MaxLengthBytes, effective.MaxAgeMs);
        }
    }

    /// <inheritdoc/>
    public override bool RemoveConsumer(Consumer consumer)
    {
        lock (Log.Gate)
        {
            if (consumer.Cursor is { } cursor && _cursors.Remove(cursor))
            {
                cursor.Close();
                RunSoon(); // A round under way may have missed the one behind it.
            }

            return Consumers.Remove(consumer) && Consumers.Count == 0;
        }
    }

    /// <inheritdoc/>
    public override void Wake(Consumer consumer, DispatchBatch dispatch)
    {
        lock (Log.Gate)
        {
            consumer.Cursor?.Activate();
            consumer.Cursor?.Serve(dispatch);
        }
    }

    /// <inheritdoc/>
    public override ulong Resolve(in ResolvedRanges ranges, ReadOnlySpan<Consumer> woken, DispatchBatch dispatch, AtomicUnit? unit = null)
    {
        if (!ranges.Settled.IsEmpty)
        {
            lock (Log.Gate)
            {
                CountSettled(ranges);
            }
        }

        foreach (Consumer consumer in woken)
        {
            Wake(consumer, dispatch);
        }

        return 0;
    }

    /// <summary>Never hands out a message: a stream is read by consumers only.</summary>
    public override GetOutcome TryGet(IMessageReceiver receiver, bool settlesOnDelivery, out ulong index)
    {
        index = 0;
        return GetOutcome.Empty;
    }

    /// <summary>Never removes a message: they go by age and size only.</summary>
    public override long Purge(out ulong index)
    {
        index = 0;
        return 0;
    }

    /// <summary>The disk has gone further: all readers go on.</summary>
    public override void Run()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            lock (Log.Gate)
            {
                if (IsDeleted)
                {
                    return;
                }

                Counters?.NoteChange(); // What is on the disk is ready.
                _end.Roll();
            }

            for (int i = 0; TryServe(i, dispatch); i++)
            {
                // One after the other, so that publishers get the gate in between.
            }
        }
        finally
        {
            dispatch.Flush();
        }
    }

    /// <summary>What a transaction has published may be read when its end is on the disk.</summary>
    void IUnitWatcher.OnUnitEnded(AtomicUnit unit, ulong index)
    {
        lock (Log.Gate)
        {
            _end.EndUnit(unit, index);
        }

        RunSoon(); // It may have held up what was on the disk before it.
    }

    /// <inheritdoc/>
    internal override ulong Publish(PublishBatch batch, int firstTarget, ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit = null)
    {
        long bytes = 0;
        for (int target = firstTarget; target >= 0; target = batch.NextTarget(target))
        {
            ref PublishItem item = ref batch.ItemOf(target);
            bytes += item.StoredBytes + (item.BodyId == 0 ? 0 : item.BodyBytes);
        }

        lock (Log.Gate)
        {
            if (IsDeleted)
            {
                return 0;
            }

            if (OutOfService is not null)
            {
                Count().Add(MessageEvent.Refused, BatchAppend.RejectAll(batch, firstTarget));
                return 0;
            }

            ObjectCounters counters = Count();
            long first = Log.EndOffset;
            var append = new BatchAppend(Log, batch, source, MessageHead.NoTtl, levels: null, unit) { KeepsAll = true };
            append.AddAll(firstTarget);
            append.Trace(this, firstTarget, end: -1, first);
            counters.Add(MessageEvent.Published, Log.EndOffset - first);
            _end.Add(Log.EndOffset, append.Index, unit);
            unit?.Watch(this);
            _chunks.Add(first, bytes, batch.ItemOf(firstTarget).Head.TimestampMs);
            _retention.Enforce();
            return append.Index;
        }
    }

    /// <inheritdoc/>
    private protected override bool TryAdd(Consumer consumer)
    {
        if (!base.TryAdd(consumer))
        {
            return false;
        }

        consumer.Cursor = new OffsetCursor(consumer, _chunks, _end);
        _cursors.Add(consumer.Cursor);
        return true;
    }

    /// <inheritdoc/>
    private protected override void OnResting() => EndReading();

    /// <inheritdoc/>
    private protected override void EndReading()
    {
        _retention.Stop();
        foreach (OffsetCursor cursor in _cursors)
        {
            cursor.Close();
        }

        _cursors.Clear();
    }

    private bool TryServe(int index, DispatchBatch dispatch)
    {
        lock (Log.Gate)
        {
            if (index >= _cursors.Count)
            {
                return false;
            }

            _cursors[index].Serve(dispatch);
            return true;
        }
    }
}
