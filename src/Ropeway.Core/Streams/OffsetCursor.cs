using System.Diagnostics;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Storage;

namespace Ropeway.Core.Streams;

/// <summary>
/// The place of one consumer in a stream: it reads by itself, however far the others are. Near the end all read the same memory; a
/// cursor far behind reads runs of up to 1 MiB from the disk. Guarded by the log's gate.
/// </summary>
internal sealed class OffsetCursor : ILoadWaiter, IPoolWork
{
    /// <summary>Most messages that a cursor passes in one go: others want the gate, too.</summary>
    private const int SliceMax = 256;

    private readonly Consumer _consumer;
    private readonly StoredLog _log;
    private readonly ChunkIndex _chunks;
    private readonly DurableEnd _end;
    private readonly LogReader _reader;
    private long _next = -1; // Negative while the time to begin at is being looked for.
    private long _notBeforeMs = long.MinValue;
    private bool _isActive;
    private bool _isLoading;
    private volatile bool _loaded;
    private bool _isQueued;
    private bool _isClosed;

    /// <summary>Makes a cursor at the place where its consumer begins.</summary>
    public OffsetCursor(Consumer consumer, ChunkIndex chunks, DurableEnd end)
    {
        _consumer = consumer;
        _log = consumer.Queue.Log;
        _chunks = chunks;
        _end = end;
        _reader = _log.OpenReader();
        StreamStart start = consumer.Start;
        switch (start.Kind)
        {
            case StreamStartKind.First:
                _next = _log.StartOffset;
                break;
            case StreamStartKind.Last:
                _next = Math.Max(end.Value - 1, _log.StartOffset);
                break;
            case StreamStartKind.Offset:
                _next = Math.Max(start.Value, _log.StartOffset);
                break;
            case StreamStartKind.Time:
                _notBeforeMs = start.Value;
                break;
            default:
                _next = end.Value;
                break;
        }
    }

    /// <summary>The offset that its consumer gets next; negative while the time to begin at is being looked for.</summary>
    public long Position => _next;

    /// <summary>Its consumer takes messages again.</summary>
    public void Activate() => _isActive = !_isClosed;

    /// <summary>Delivers what its consumer takes, up to a slice of it. What fails in it is the stream's fault, whoever calls.</summary>
    public void Serve(DispatchBatch dispatch)
    {
        try
        {
            if (TryServe(dispatch) && !_isQueued)
            {
                _isQueued = true;
                _consumer.Queue.Pool.Queue(this);
            }
        }
        catch (Exception fault) when (!Durability.IsStoreFailure(fault))
        {
            OnFault(fault);
        }
    }

    /// <inheritdoc/>
    public void OnFault(Exception fault) => _consumer.Queue.OnFault(fault);

    /// <summary>Its consumer is gone.</summary>
    public void Close()
    {
        _isClosed = true;
        _isActive = false;
        _reader.Dispose();
    }

    /// <summary>Goes on after a slice, or after a wait for the disk.</summary>
    void IPoolWork.Run()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            lock (_log.Gate)
            {
                _isQueued = false;
                if (_loaded)
                {
                    _loaded = false;
                    _isLoading = false;
                }

                Serve(dispatch);
            }
        }
        finally
        {
            dispatch.Flush();
        }
    }

    void ILoadWaiter.OnLoaded()
    {
        _loaded = true;
        _consumer.Queue.Pool.Queue(this);
    }

    /// <returns>True when there is more to do right away.</returns>
    private bool TryServe(DispatchBatch dispatch)
    {
        if (!_isActive || _isLoading || _consumer.Queue.Paused is not null || (_next < 0 && !TryFindStart()) || _next >= _end.Value)
        {
            return false;
        }

        DeliveryTarget target = _consumer.Target;
        long delivered = 0;
        target.Gate.Enter();
        try
        {
            dispatch.Touch(target);
            for (int passed = 0; _next < _end.Value && _isActive; passed++)
            {
                if (passed == SliceMax)
                {
                    return true;
                }

                if (!TryPass(target, ref delivered))
                {
                    return false;
                }
            }

            return false;
        }
        finally
        {
            target.Gate.Exit();
            _reader.Unpin();
            if (delivered > 0)
            {
                _consumer.Queue.Count().AddDeliveries(_consumer.SettlesOnDelivery ? 0 : delivered, _consumer.SettlesOnDelivery ? delivered : 0, redelivered: 0);
            }
        }
    }

    /// <summary>Delivers the next message, or leaves it out.</summary>
    /// <returns>False when it has to be waited for, or cannot be read.</returns>
    private bool TryPass(DeliveryTarget target, ref long delivered)
    {
        switch (_reader.TryRead(_next, out RecordView record))
        {
            case ReadStatus.Found:
                break;
            case ReadStatus.Gone:
                _next = _log.NextUnsettled(_next + 1); // Dropped by retention.
                return true;
            case ReadStatus.Cold:
                Load(_next);
                return false;
            default:
                return false;
        }

        if (!QueuedMessage.TryRead(record, redelivered: false, deliveryCount: 0, out QueuedMessage message))
        {
            throw new UnreachableException($"Record {record.Offset} of log {_log.Id} passed its checksum but is no message.");
        }

        if (message.Content.Head.TimestampMs < _notBeforeMs)
        {
            _next++;
            return true;
        }

        DeliveryOutcome outcome = target.Deliver(_consumer, message);
        _isActive = outcome is DeliveryOutcome.Delivered or DeliveryOutcome.LeftOut;
        delivered += outcome is DeliveryOutcome.Delivered or DeliveryOutcome.DeliveredLast ? 1 : 0;
        if (outcome != DeliveryOutcome.Refused)
        {
            _notBeforeMs = long.MinValue; // The first that is young enough begins the rest, whatever the clock did meanwhile.
            _next++;
        }

        return true;
    }

    /// <summary>Finds the first chunk with a message that is not too old; when there is none, the end, as RabbitMQ does.</summary>
    /// <returns>False when a time has to be read from the disk first: then all is looked at again.</returns>
    private bool TryFindStart()
    {
        int low = 0;
        int high = _chunks.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            ReadStatus status = _chunks.TryGetTime(middle, _log, _reader, out long newestMs, out long offset);
            if (status == ReadStatus.Cold)
            {
                Load(offset);
                return false;
            }

            if (newestMs < _notBeforeMs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        bool isFound = low < _chunks.Count;
        _next = isFound ? _chunks[low].First : _end.Value;
        _notBeforeMs = isFound ? _notBeforeMs : long.MinValue;
        return true;
    }

    private void Load(long offset)
    {
        _isLoading = true;
        _reader.Load(offset, this);
    }
}
