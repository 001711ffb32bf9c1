using System.Diagnostics;
using System.Text;
using System.Text.Unicode;
using Ropeway.Core.Routing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// What one thread needs to send a slice of dead letters: their copies, their new headers, where they go. Used without gates; a letter
/// is published like any message, one queue after the other.
/// </summary>
internal sealed class DeadLetterDesk
{
    /// <summary>Most bytes of letters in a slice, unless it is one letter.</summary>
    public const int BytesMax = 1024 * 1024;

    /// <summary>Below the store's MiB, because what a delivery puts in front of a message must fit into the outbox with it.</summary>
    private const int RecordBytesMax = 1008 * 1024;

    /// <summary>Clients take headers in one frame only, usually of 128 KiB.</summary>
    private const int LongPropertiesBytesMin = 64 * 1024;

    [ThreadStatic]
    private static DeadLetterDesk? _ofThread;

    private readonly List<Letter> _letters = [];
    private readonly PublishBatch _batch = new();
    private readonly RouteResult _route = new();
    private byte[] _memory = new byte[16 * 1024];
    private int _usedBytes;

    private DeadLetterDesk()
    {
    }

    /// <summary>The calling thread's desk, empty; given back by <see cref="Leave"/>.</summary>
    public static DeadLetterDesk Enter()
    {
        DeadLetterDesk desk = _ofThread ?? new DeadLetterDesk();
        _ofThread = null; // Who publishes from one may need another.
        return desk;
    }

    /// <summary>Dead-letters what the queues of a batch refused because they are full, and what the next ones refuse of that, and so on.</summary>
    /// <param name="batch">It was published.</param>
    /// <param name="source">What its items refer to.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    public static void SendRefused(PublishBatch batch, ReadOnlySpan<byte> source, DispatchBatch dispatch)
    {
        DeadLetterDesk desk = Enter();
        DeadLetterDesk next = Enter();
        while (batch.Refused.Count > 0)
        {
            foreach ((Queue queue, int item) in batch.Refused)
            {
                desk.AddRefused(queue, batch[item], source);
            }

            batch.Refused.Clear();
            desk._batch.PublishToQueues(desk._memory.AsSpan(0, desk._usedBytes), dispatch, unit: null);
            batch = desk._batch;
            source = desk._memory.AsSpan(0, desk._usedBytes);
            next.Clear();
            (desk, next) = (next, desk);
        }

        desk.Leave();
        next.Leave();
    }

    /// <summary>The letters of the slice.</summary>
    public IReadOnlyList<Letter> Letters => _letters;

    /// <summary>Bytes of them.</summary>
    public int UsedBytes => _usedBytes;

    /// <summary>Takes a copy of a message. Under its queue's gate.</summary>
    public void Add(in RecordView record, DeathReason reason)
    {
        int start = Append(record.Payload);
        _letters.Add(new Letter(record.Offset, reason, start, record.Payload.Length, record.BodyId));
    }

    /// <summary>Publishes the letters to where the queue's dead-letter exchange leads them; without such an exchange they are dropped.</summary>
    public void Send(Queue queue, long nowMs, DispatchBatch dispatch)
    {
        EffectiveArguments arguments = queue.Effective;
        if (arguments.DeadLetterExchange is not null && queue.Host.TryGetExchange(arguments.DeadLetterExchange, out Exchange? exchange))
        {
            foreach (Letter letter in _letters)
            {
                Post(queue, exchange, arguments.DeadLetterRoutingKey, letter, nowMs);
            }

            _batch.Publish(_memory.AsSpan(0, _usedBytes), dispatch);
        }
    }

    /// <summary>Ends the work with the desk.</summary>
    public void Leave()
    {
        Clear();
        _ofThread = this;
    }

    /// <summary>Forgets the slice.</summary>
    public void Clear()
    {
        _letters.Clear();
        _batch.Clear();
        _usedBytes = 0;
        if (_memory.Length > BytesMax * 2)
        {
            _memory = new byte[16 * 1024];
        }
    }

    private void AddRefused(Queue queue, in PublishItem item, ReadOnlySpan<byte> source)
    {
        EffectiveArguments arguments = queue.Effective;
        if (arguments.DeadLetterExchange is not null && queue.Host.TryGetExchange(arguments.DeadLetterExchange, out Exchange? exchange))
        {
            int start = Reserve(item.StoredBytes);
            item.WriteTo(_memory.AsSpan(start, item.StoredBytes), source, MessageHead.NoTtl);
            var letter = new Letter(Offset: -1, DeathReason.MaxLength, start, item.StoredBytes, item.BodyId);
            Post(queue, exchange, arguments.DeadLetterRoutingKey, letter, item.Head.TimestampMs);
        }
    }

    private void Post(Queue queue, Exchange exchange, string? routingKey, in Letter letter, long nowMs)
    {
        if (!StoredMessage.TryRead(_memory.AsSpan(letter.Start, letter.Bytes), out StoredMessage message))
        {
            throw new UnreachableException($"Record {letter.Offset} passed its checksum but is no message.");
        }

        ContentProperties old = ContentProperties.Read(message.Properties);
        FieldTable headers = FieldTableCodec.TryRead(old.Headers, out FieldTable? table, out _) ? table : [];
        DeathHistory.Record(headers, DeathOf(queue, message, old, headers, letter.Reason, nowMs));
        if (routingKey is not null)
        {
            headers.Remove(Encoding.ASCII.GetString(CopyKeys.OpenHeader)); // Else it would go to these keys, too.
        }

        byte[] properties = old.WithHeadersOnly(headers);
        int otherBytes = letter.Bytes - message.Properties.Length + (2 * byte.MaxValue);
        if (properties.Length > LongPropertiesBytesMin || otherBytes + properties.Length > RecordBytesMax)
        {
            DeathHistory.Shorten(headers);
            properties = old.WithHeadersOnly(headers);
            if (otherBytes + properties.Length > RecordBytesMax)
            {
                return; // With less of its history it could go round for ever.
            }
        }

        ReadOnlySpan<byte> key = routingKey is null ? message.RoutingKey : Encoding.UTF8.GetBytes(routingKey);
        if (!TryRoute(exchange, key, properties))
        {
            return;
        }

        int item = -1;
        foreach (Queue target in _route.Queues)
        {
            if (letter.Reason == DeathReason.Rejected || !DeathHistory.IsCycle(headers, target.Name))
            {
                item = item < 0 ? AddItem(message, letter, exchange, key, properties, nowMs) : item;
                _batch.Route(item, target);
            }
        }
    }

    private bool TryRoute(Exchange exchange, ReadOnlySpan<byte> key, byte[] properties)
    {
        ContentProperties read = ContentProperties.Read(properties);
        CopyKeys.TryRead(read.Headers, out CopyKeys copies, out _);
        _route.Clear();
        exchange.Route(
            new RouteRequest(key, read.Headers)
            {
                Copies = copies,
                CorrelationId = read.CorrelationId,
                MessageId = read.MessageId,
                TimestampSeconds = read.TimestampSeconds,
            },
            _route);
        return _route.Count > 0;
    }

    private int AddItem(in StoredMessage message, in Letter letter, Exchange exchange, ReadOnlySpan<byte> key, byte[] properties, long nowMs)
    {
        byte[] exchangeName = Encoding.UTF8.GetBytes(exchange.Name);
        int item = _batch.Add();
        _batch[item] = new PublishItem
        {
            Head = message.Head with { TimestampMs = nowMs, ExpiresAtMs = 0 },
            BodyId = letter.BodyId,
            ExchangeStart = Append(exchangeName),
            ExchangeBytes = (byte)exchangeName.Length,
            RoutingKeyStart = Append(key),
            RoutingKeyBytes = (byte)key.Length,
            PropertiesStart = Append(properties),
            PropertiesBytes = properties.Length,
            BodyStart = letter.Start + message.BodyStart,
            BodyBytes = message.BodyBytes,
        };
        return item;
    }

    private static Death DeathOf(Queue queue, in StoredMessage message, in ContentProperties properties, FieldTable headers, DeathReason reason, long nowMs)
    {
        var keys = new FieldArray([TextOf(message.RoutingKey)]);
        if (headers.TryGet(Encoding.ASCII.GetString(CopyKeys.OpenHeader), out object? copies) && copies is FieldArray more)
        {
            foreach (string key in more.OfType<string>())
            {
                keys.Add(key);
            }
        }

        string? expiration = properties.Expiration.IsEmpty ? null : Encoding.UTF8.GetString(properties.Expiration);
        return new Death(Death.NameOf(reason), queue.Name, (ulong)(nowMs / 1000), TextOf(message.Exchange), keys, expiration);
    }

    /// <summary>A name as a header's value: publishers may use any bytes.</summary>
    private static object TextOf(ReadOnlySpan<byte> name) => Utf8.IsValid(name) ? Encoding.UTF8.GetString(name) : name.ToArray();

    private int Append(ReadOnlySpan<byte> bytes)
    {
        int start = Reserve(bytes.Length);
        bytes.CopyTo(_memory.AsSpan(start));
        return start;
    }

    private int Reserve(int bytes)
    {
        int start = _usedBytes;
        if (_memory.Length - start < bytes)
        {
            Array.Resize(ref _memory, Math.Max(_memory.Length * 2, start + bytes)); // Views of the old array stay what they are.
        }

        _usedBytes += bytes;
        return start;
    }
}
