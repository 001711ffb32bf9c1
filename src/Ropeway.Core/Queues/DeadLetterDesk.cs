using System.Diagnostics;
using System.Text;
using System.Text.Unicode;
using Ropeway.Core.Routing;
using Ropeway.Core.Tracing;
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
    private readonly List<bool> _stays = []; // Of each letter that was sent.
    private readonly List<Copy> _copies = [];
    private readonly List<(int Letter, int Item, RecentHistory History)> _histories = [];
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
    /// <param name="unit">The unit that the batch belongs to, or null.</param>
    public static void SendRefused(PublishBatch batch, ReadOnlySpan<byte> source, DispatchBatch dispatch, AtomicUnit? unit)
    {
        DeadLetterDesk desk = Enter();
        DeadLetterDesk next = Enter();
        while (batch.Refused.Count > 0)
        {
            foreach ((Queue queue, int item) in batch.Refused)
            {
                desk.AddRefused(queue, batch, item, source);
            }

            batch.Refused.Clear();
            desk._batch.PublishToQueues(desk._memory.AsSpan(0, desk._usedBytes), dispatch, unit);
            desk.KeepHistories();
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

    /// <summary>Whether a letter stays in its queue, because not all of its targets have taken it.</summary>
    /// <param name="letter">Its place in <see cref="Letters"/>; sent before.</param>
    public bool Stays(int letter) => _stays[letter];

    /// <summary>Takes a copy of a message. Under its queue's gate.</summary>
    public void Add(in RecordView record, DeathReason reason)
    {
        int start = Append(record.Payload);
        Append(record.Shared); // Right behind it.
        _letters.Add(new Letter(record.Offset, reason, start, record.Payload.Length + record.Shared.Length, record.BodyId));
    }

    /// <summary>Publishes the letters to where the queue's dead-letter exchange leads them. What nobody takes is dropped or stays, as the queue wants.</summary>
    /// <param name="queue">Where they come from.</param>
    /// <param name="nowMs">The time now, in milliseconds since the Unix epoch.</param>
    /// <param name="dispatch">The calling thread's batch.</param>
    /// <param name="unit">The copies belong to it.</param>
    /// <param name="takers">Who has taken letters that stayed before; brought up to date.</param>
    public void Send(Queue queue, long nowMs, DispatchBatch dispatch, AtomicUnit unit, LetterTakers takers)
    {
        EffectiveArguments arguments = queue.Effective;
        bool keeps = arguments.KeepsDeadLetters;
        Exchange? exchange = null;
        if (arguments.DeadLetterExchange is not null)
        {
            queue.Host.TryGetExchange(arguments.DeadLetterExchange, out exchange);
        }

        for (int letter = 0; letter < _letters.Count; letter++)
        {
            bool leadsSomewhere = exchange is not null && Post(new Way(queue, exchange, arguments.DeadLetterRoutingKey, nowMs), letter, takers);
            _stays.Add(keeps && !leadsSomewhere);
        }

        if (queue.Traced is not null)
        {
            Follow(queue);
        }

        _batch.PublishToQueues(_memory.AsSpan(0, _usedBytes), dispatch, unit);
        NoteTakers(keeps, takers);
        KeepHistories();
        if (_batch.Refused.Count > 0)
        {
            SendRefused(_batch, _memory.AsSpan(0, _usedBytes), dispatch, unit);
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
        _stays.Clear();
        _copies.Clear();
        _histories.Clear();
        _batch.Clear();
        _usedBytes = 0;
        if (_memory.Length > BytesMax * 2)
        {
            _memory = new byte[16 * 1024];
        }
    }

    private void AddRefused(Queue queue, PublishBatch batch, int index, ReadOnlySpan<byte> source)
    {
        EffectiveArguments arguments = queue.Effective;
        ref PublishItem item = ref batch[index];
        if (arguments.DeadLetterExchange is not null && queue.Host.TryGetExchange(arguments.DeadLetterExchange, out Exchange? exchange))
        {
            int start = Reserve(item.StoredBytes);
            item.WriteTo(_memory.AsSpan(start, item.StoredBytes), source, MessageHead.NoTtl);
            _letters.Add(new Letter(Offset: -1, DeathReason.MaxLength, start, item.StoredBytes, item.BodyId));
            _stays.Add(false);
            Post(new Way(queue, exchange, arguments.DeadLetterRoutingKey, item.Head.TimestampMs), _letters.Count - 1, takers: null);
            if (batch.Traced is not null)
            {
                FollowRefused(queue, batch, index);
            }
        }
    }

    /// <summary>The life lines of letters go on with their copies.</summary>
    private void Follow(Queue queue)
    {
        foreach (Copy copy in _copies)
        {
            queue.Services.Tracing.Follow(_batch, copy.Item, queue, _letters[copy.Letter].Offset, StayOriginKind.Dead);
        }
    }

    /// <summary>As <see cref="Follow"/>, for the letter that was added last; its queue has not taken it.</summary>
    private void FollowRefused(Queue queue, PublishBatch batch, int index)
    {
        if (batch.Traced!.TryGetValue(index, out TracedItem traced))
        {
            foreach (Copy copy in _copies.Where(copy => copy.Letter == _letters.Count - 1))
            {
                (_batch.Traced ??= [])[copy.Item] = traced with { Origin = new StayOrigin(StayOriginKind.Dead, queue.Name, Sequence: null) };
            }
        }
    }

    /// <summary>Adds the copies of a letter to the batch, one item for each target, so that it is known which refuses it.</summary>
    /// <returns>False when it leads nowhere.</returns>
    private bool Post(in Way way, int letterPlace, LetterTakers? takers)
    {
        Letter letter = _letters[letterPlace];
        if (!StoredMessage.TryRead(_memory.AsSpan(letter.Start, letter.Bytes), out StoredMessage message))
        {
            throw new UnreachableException($"Record {letter.Offset} passed its checksum but is no message.");
        }

        ContentProperties old = ContentProperties.Read(message.Properties);
        FieldTable headers = FieldTableCodec.TryRead(old.Headers, out FieldTable? table, out _) ? table : [];
        DeathHistory.Record(headers, DeathOf(way.Queue, message, old, headers, letter.Reason, way.NowMs));
        if (way.RoutingKey is not null)
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
                return true; // Dropped: with less of its history it could go round for ever.
            }
        }

        ReadOnlySpan<byte> key = way.RoutingKey is null ? message.RoutingKey : Encoding.UTF8.GetBytes(way.RoutingKey);
        Route(way.Exchange, key, properties);
        if (_route.Count + _route.Histories.Length == 0)
        {
            return false;
        }

        PublishItem item = MakeItem(message, letter, way, key, properties);
        foreach (Queue target in _route.Queues)
        {
            bool isCycle = letter.Reason != DeathReason.Rejected && DeathHistory.IsCycle(headers, target.Name);
            if (!isCycle && takers?.Has(letter.Offset, target) != true)
            {
                _copies.Add(new Copy(letterPlace, Add(item), target));
                _batch.Route(_copies[^1].Item, target);
            }
        }

        foreach (RecentHistory history in _route.Histories)
        {
            _histories.Add((letterPlace, Add(item), history));
        }

        return _route.Count > 0;
    }

    private void Route(Exchange exchange, ReadOnlySpan<byte> key, byte[] properties)
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
    }

    private int Add(in PublishItem item)
    {
        int place = _batch.Add();
        _batch[place] = item;
        return place;
    }

    /// <summary>After publishing: letters stay that a target would not take; it is remembered who has.</summary>
    private void NoteTakers(bool keeps, LetterTakers takers)
    {
        if (!keeps)
        {
            return;
        }

        foreach ((_, int item) in _batch.Refused)
        {
            _batch[item].IsRejected = false; // Its target gives it away itself.
        }

        foreach (Copy copy in _copies)
        {
            _stays[copy.Letter] |= _batch[copy.Item].IsRejected;
        }

        foreach (Copy copy in _copies)
        {
            if (_stays[copy.Letter] && !_batch[copy.Item].IsRejected)
            {
                takers.Add(_letters[copy.Letter].Offset, copy.Target);
            }
        }

        for (int letter = 0; letter < _letters.Count; letter++)
        {
            if (!_stays[letter])
            {
                takers.Forget(_letters[letter].Offset);
            }
        }
    }

    /// <summary>After publishing: the histories of exchanges get what has left.</summary>
    private void KeepHistories()
    {
        foreach ((int letter, int item, RecentHistory history) in _histories)
        {
            if (!_stays[letter])
            {
                history.Keep(_batch[item], _memory.AsSpan(0, _usedBytes));
            }
        }
    }

    private PublishItem MakeItem(in StoredMessage message, in Letter letter, in Way way, ReadOnlySpan<byte> key, byte[] properties)
    {
        byte[] exchangeName = Encoding.UTF8.GetBytes(way.Exchange.Name);
        return new PublishItem
        {
            Head = message.Head with { TimestampMs = way.NowMs, ExpiresAtMs = 0 },
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

    /// <summary>Where letters of a queue go.</summary>
    private readonly record struct Way(Queue Queue, Exchange Exchange, string? RoutingKey, long NowMs);

    /// <summary>An item of the batch: a letter for one target.</summary>
    private readonly record struct Copy(int Letter, int Item, Queue Target);
}
