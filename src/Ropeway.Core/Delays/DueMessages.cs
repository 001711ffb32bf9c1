using System.Buffers;
using System.Diagnostics;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Delays;

/// <summary>
/// A slice of messages that are due: copied out of the delay log under its gate, then routed and given to the queues without it. Used
/// by one thread at a time; allocates nothing once it has grown.
/// </summary>
/// <param name="host">Whose exchanges route them.</param>
/// <param name="delays">Where they waited.</param>
internal sealed class DueMessages(VirtualHost host, DelayLog delays)
{
    /// <summary>Most messages in a slice.</summary>
    public const int CountMax = 256;

    private const int BytesMax = 1 << 20;
    private const int KeptBytesMax = 64 * 1024;

    private readonly PublishBatch _batch = new();
    private readonly RouteResult _result = new();
    private readonly OffsetRange[] _taken = new OffsetRange[CountMax];
    private readonly Copy[] _copies = new Copy[CountMax];
    private ArrayBufferWriter<byte> _memory = new();

    /// <summary>Messages in the slice.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no more should be added.</summary>
    public bool IsFull => Count == CountMax || _memory.WrittenCount >= BytesMax;

    /// <summary>Their numbers in the delay log.</summary>
    public ReadOnlySpan<OffsetRange> Taken => _taken.AsSpan(0, Count);

    /// <summary>Copies a message out of the log, whose external body stays until <see cref="Clear"/>. Under the log's gate.</summary>
    public void Add(StoredLog log, in RecordView record)
    {
        log.HoldBody(record.BodyId);
        _taken[Count] = new OffsetRange(record.Offset, record.Offset + 1);
        _copies[Count++] = new Copy(_memory.WrittenCount, record.Payload.Length, record.BodyId);
        _memory.Write(record.Payload);
    }

    /// <summary>Whether a message is in the slice.</summary>
    public bool Contains(long id) => Taken.Contains(new OffsetRange(id, id + 1));

    /// <summary>Routes the messages, in the order in which they were added, and appends them to their queues. Without any gate.</summary>
    /// <param name="nowMs">When they enter their queues.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <param name="unit">What the appends belong to.</param>
    public void Publish(long nowMs, DispatchBatch dispatch, AtomicUnit unit)
    {
        bool isTraced = delays.Traced is not null;
        for (int i = 0; i < Count; i++)
        {
            if (TryRoute(_copies[i], nowMs) && isTraced)
            {
                host.Services.Tracing.Follow(_batch, _batch.Count - 1, delays, _taken[i].Start, StayOriginKind.Delayed);
            }
        }

        _batch.Publish(_memory.WrittenSpan, dispatch, unit);
        _batch.Clear();
    }

    /// <summary>Forgets the messages. Under the log's gate.</summary>
    public void Clear(StoredLog log)
    {
        foreach (Copy copy in _copies.AsSpan(0, Count))
        {
            log.LetBodyGo(copy.BodyId);
        }

        Count = 0;
        _memory.ResetWrittenCount();
    }

    /// <summary>Gives back memory: nothing is due for a while.</summary>
    public void Trim()
    {
        if (_memory.Capacity > KeptBytesMax)
        {
            _memory = new ArrayBufferWriter<byte>();
        }
    }

    /// <summary>Adds a message to the batch.</summary>
    /// <returns>False when it leads nowhere.</returns>
    private bool TryRoute(Copy copy, long nowMs)
    {
        ReadOnlySpan<byte> payload = _memory.WrittenSpan.Slice(copy.Start, copy.Bytes);
        if (!DelayRecord.TryRead(payload, out DelayRecord record) || !StoredMessage.TryRead(payload[record.MessageStart..], out StoredMessage message))
        {
            throw new UnreachableException("A record of a delay log passed its checksum but is no delayed message.");
        }

        if (!host.TryGetExchange(record.Exchange, out Exchange? exchange))
        {
            return false; // Deleted meanwhile: nothing leads anywhere.
        }

        ContentProperties properties = ContentProperties.Read(message.Properties);
        CopyKeys.TryRead(properties.Headers, out CopyKeys copies, out _);
        var request = new RouteRequest(message.RoutingKey, properties.Headers)
        {
            Copies = copies,
            CorrelationId = properties.CorrelationId,
            MessageId = properties.MessageId,
            TimestampSeconds = properties.TimestampSeconds,
        };
        _result.Clear();
        exchange.Route(request, _result);
        if (_result.Count + _result.Histories.Length == 0)
        {
            return false;
        }

        DelayHeaders.TryReadMs(properties.Headers, DelayHeaders.ExchangeDelay, out long delayMs);
        int item = _batch.Add();
        _batch[item] = ItemOf(copy, record, message, nowMs);
        bool isNegated = delayMs > 0 && exchange.Type == ExchangeType.DelayedMessage;
        if (copies.AreAny || isNegated)
        {
            Rewrite(ref _batch[item], properties.HeadersStart, isNegated ? -delayMs : null);
        }

        foreach (Queue queue in _result.Queues)
        {
            _batch.Route(item, queue);
        }

        foreach (RecentHistory history in _result.Histories)
        {
            _batch.Keep(item, history);
        }

        return true;
    }

    private static PublishItem ItemOf(Copy copy, in DelayRecord record, in StoredMessage message, long nowMs)
    {
        int exchangeStart = copy.Start + record.MessageStart + StoredMessage.HeadBytes;
        int routingKeyStart = exchangeStart + message.Exchange.Length;
        return new PublishItem
        {
            Head = message.Head.TakenAt(nowMs), // Its time to live begins now.
            BodyId = copy.BodyId,
            ExchangeStart = exchangeStart,
            ExchangeBytes = (byte)message.Exchange.Length,
            RoutingKeyStart = routingKeyStart,
            RoutingKeyBytes = (byte)message.RoutingKey.Length,
            PropertiesStart = routingKeyStart + message.RoutingKey.Length,
            PropertiesBytes = message.Properties.Length,
            BodyStart = copy.Start + record.MessageStart + message.BodyStart,
            BodyBytes = message.BodyBytes,
        };
    }

    /// <summary>Gives a message new properties: without BCC, and with the delay it has had negated, as RabbitMQ's plug-in delivers it.</summary>
    private void Rewrite(ref PublishItem item, int headersStart, long? delayMs)
    {
        int room = item.PropertiesBytes + FieldTableCodec.GetFieldBytes(DelayHeaders.ExchangeDelay);
        Span<byte> properties = _memory.GetSpan(room)[..room];
        _memory.WrittenSpan.Slice(item.PropertiesStart, item.PropertiesBytes).CopyTo(properties);
        Span<byte> table = properties[headersStart..];
        int bytes = item.PropertiesBytes - headersStart;
        bytes -= FieldTableCodec.RemoveField(table[..bytes], CopyKeys.BlindHeader);
        if (delayMs is not null)
        {
            bytes -= FieldTableCodec.RemoveField(table[..bytes], DelayHeaders.ExchangeDelay);
            bytes += FieldTableCodec.AddInteger(table, bytes, DelayHeaders.ExchangeDelay, delayMs.Value);
        }

        item.PropertiesStart = _memory.WrittenCount;
        item.PropertiesBytes = headersStart + bytes;
        _memory.Advance(headersStart + bytes);
    }

    private readonly record struct Copy(int Start, int Bytes, ulong BodyId);
}
