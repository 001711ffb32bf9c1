using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Messages;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>A broker on a real store in a directory of its own, and short words for what tests do with its queues. One thread at a time.</summary>
internal sealed class QueueRig : IDisposable, ITraceSender
{
    private readonly List<string> _directories = [];
    private readonly PublishBatch _publishing = new();
    private readonly ResolveBatch _resolving = new();
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;
    private ulong _lastIndex;

    public QueueRig(StoreOptions? options = null, TimeProvider? time = null, Func<double>? chance = null, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        _chance = chance ?? (() => 0);
        _time = time ?? TimeProvider.System;
        _options = options ?? new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20 };
        _directories.Add(Directory.CreateTempSubdirectory("ropeway-queues-").FullName);
        (Store, Broker) = Open();
    }

    public Store Store { get; private set; }

    public Broker Broker { get; private set; }

    public string DataDirectory => _directories[^1];

    private string JournalPath => Directory.EnumerateFiles(DataDirectory, "journal-0*", SearchOption.AllDirectories).First();

    string ITraceSender.TracedHost => "/";

    string ITraceSender.TracedName => "a test";

    public VirtualHost Host => Broker.VirtualHosts.All.Single();

    public Queue Declare(string name = "q", bool durable = true, FieldTable? arguments = null)
    {
        DeclaredQueue declared = Host.DeclareQueue(new QueueSettings(name, durable, Exclusive: false, AutoDelete: false, arguments, Owner: null));
        _lastIndex = Math.Max(_lastIndex, declared.CommitIndex);
        return declared.Queue;
    }

    /// <summary>Publishes persistent messages in one batch.</summary>
    public void Publish(Queue queue, params string[] bodies) => Publish(queue, [.. bodies.Select(body => (body, true))]);

    /// <summary>Publishes messages in one batch.</summary>
    /// <returns>Whether the queue took them.</returns>
    public bool Publish(Queue queue, params (string Body, bool Persistent)[] messages)
    {
        byte[] source = Encoding.UTF8.GetBytes(string.Concat(messages.Select(message => message.Body)));
        int start = 0;
        foreach ((string body, bool persistent) in messages)
        {
            int bytes = Encoding.UTF8.GetByteCount(body);
            Add(queue, persistent, start, bytes, bodyId: 0);
            start += bytes;
        }

        return Flush(source);
    }

    /// <summary>Publishes messages in one batch, each to all of some queues.</summary>
    /// <returns>Whether all of them took all.</returns>
    public bool PublishToAll(Queue[] queues, bool persistent, params string[] bodies)
    {
        byte[] source = Encoding.UTF8.GetBytes(string.Concat(bodies));
        int start = 0;
        foreach (string body in bodies)
        {
            int bytes = Encoding.UTF8.GetByteCount(body);
            Add(queues[0], persistent, start, bytes, bodyId: 0);
            foreach (Queue queue in queues[1..])
            {
                _publishing.Route(_publishing.Count - 1, queue);
            }

            start += bytes;
        }

        return Flush(source);
    }

    /// <summary>Publishes a persistent message with an expiration.</summary>
    public void PublishExpiring(Queue queue, string body, long expirationMs) => PublishWith(queue, body, expirationMs: expirationMs);

    /// <summary>Publishes a persistent message as a client does: with an exchange, a routing key and properties.</summary>
    /// <returns>Whether the queue took it.</returns>
    public bool PublishWith(Queue queue, string body, string exchange = "", string? key = null, FieldTable? headers = null, long? expirationMs = null)
    {
        byte[][] parts = [Encoding.UTF8.GetBytes(exchange), Encoding.UTF8.GetBytes(key ?? queue.Name), PropertiesOf(headers, expirationMs), Encoding.UTF8.GetBytes(body)];
        ref PublishItem item = ref Add(queue, persistent: true, parts[..3].Sum(part => part.Length), parts[3].Length, bodyId: 0);
        item.ExchangeBytes = (byte)parts[0].Length;
        item.RoutingKeyStart = parts[0].Length;
        item.RoutingKeyBytes = (byte)parts[1].Length;
        item.PropertiesStart = parts[0].Length + parts[1].Length;
        item.PropertiesBytes = parts[2].Length;
        item.Head = item.Head with { ExpiresAtMs = expirationMs is null ? 0 : item.Head.TimestampMs + expirationMs.Value };
        return Flush([.. parts.SelectMany(part => part)]);
    }

    /// <summary>Publishes persistent messages of one letter, each with the priority that its letter has: a is 0.</summary>
    public void PublishPriorities(Queue queue, string letters)
    {
        byte[] source = Encoding.ASCII.GetBytes(letters);
        for (int i = 0; i < source.Length; i++)
        {
            ref PublishItem item = ref Add(queue, persistent: true, i, 1, bodyId: 0);
            item.Head = item.Head with { Priority = (byte)(source[i] - 'a') };
        }

        Flush(source);
    }

    /// <summary>
    /// Publishes persistent messages in one batch, each named by a word, which is its body: the letters are its group, "-" is for none.
    /// A digit behind a colon is its priority and not part of the body: "a1 a2 -3 b4:2".
    /// </summary>
    public void PublishGroups(Queue queue, string words)
    {
        var source = new List<byte>();
        foreach (string word in words.Split(' '))
        {
            string body = word.Split(':')[0];
            string group = body.TrimEnd("0123456789".ToCharArray());
            byte[] properties = PropertiesOf(group == "-" ? null : new FieldTable { ["x-group-id"] = group }, expirationMs: null);
            ref PublishItem item = ref Add(queue, persistent: true, source.Count + properties.Length, body.Length, bodyId: 0);
            item.PropertiesStart = source.Count;
            item.PropertiesBytes = properties.Length;
            item.Head = item.Head with { Priority = (byte)(word.Contains(':', StringComparison.Ordinal) ? word[^1] - '0' : 0) };
            source.AddRange([.. properties, .. Encoding.ASCII.GetBytes(body)]);
        }

        Flush([.. source]);
    }

    /// <summary>Encoded properties with these and, around them, a content type and a message id.</summary>
    public static byte[] PropertiesOf(FieldTable? headers, long? expirationMs)
    {
        int flags = 0x8080 | (headers is null ? 0 : 0x2000) | (expirationMs is null ? 0 : 0x0100);
        byte[] expiration = Encoding.ASCII.GetBytes(expirationMs?.ToString(CultureInfo.InvariantCulture) ?? string.Empty);
        return
        [
            (byte)(flags >> 8), (byte)flags,
            4, .. "text"u8,
            .. headers is null ? [] : FieldTableCodec.ToArray(headers),
            .. expirationMs is null ? [] : (byte[])[(byte)expiration.Length, .. expiration],
            2, .. "id"u8,
        ];
    }

    public void Bind(string exchange, Queue queue, string key) => Note(Host.BindQueue(exchange, queue.Name, key, arguments: null, owner: null));

    public void Reject(Queue queue, params long[] offsets)
    {
        foreach (long offset in offsets)
        {
            _resolving.Reject(queue, offset, offset + 1);
        }

        Resolve([], [], 0, []);
    }

    /// <summary>Gives messages back because their consumer failed with them.</summary>
    public void Fail(Queue queue, params long[] offsets)
    {
        foreach (long offset in offsets)
        {
            _resolving.Fail(queue, offset, offset + 1);
        }

        Resolve([], [], 0, []);
    }

    /// <summary>The next message of a queue, waited for.</summary>
    public RecordedDelivery Expect(Queue queue, bool noAck = true)
    {
        RecordedDelivery? delivery = null;
        SpinWait.SpinUntil(() => (delivery = Get(queue, noAck)) is not null, RecordingTarget.Deadline);
        Assert.NotNull(delivery);
        return delivery;
    }

    /// <summary>Publishes a message whose body lies in a file of its own.</summary>
    public async Task PublishExternalAsync(Queue queue, string body, bool persistent = true)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        ulong id = await Store.WriteBodyAsync(new ReadOnlySequence<byte>(bytes), CancellationToken.None);
        Add(queue, persistent, 0, bytes.Length, id);
        Flush(bytes);
        Store.ReleaseBody(id);
    }

    public TestConsumer Consume(Queue queue, RecordingTarget target, int credit = int.MaxValue, bool noAck = false, string name = "", int priority = 0)
    {
        var consumer = new TestConsumer(queue, target, credit, noAck, name: name) { Priority = priority };
        Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(consumer));
        DispatchBatch dispatch = DispatchBatch.Begin();
        queue.Wake(consumer, dispatch);
        dispatch.Flush();
        return consumer;
    }

    /// <summary>Gives consumers more credit and wakes those that wait.</summary>
    public void Grant(int credit, params TestConsumer[] consumers) => Resolve([], [], credit, consumers);

    public void Ack(Queue queue, params long[] offsets) => Resolve([.. offsets.Select(offset => (queue, offset))], [], 0, []);

    public void Return(Queue queue, params long[] offsets) => Resolve([], [.. offsets.Select(offset => (queue, offset))], 0, []);

    /// <summary>All of it in one batch.</summary>
    public void Resolve((Queue Queue, long Offset)[] settled, (Queue Queue, long Offset)[] returned, int credit, TestConsumer[] consumers)
    {
        foreach ((Queue queue, long offset) in settled)
        {
            _resolving.Settle(queue, offset, offset + 1);
        }

        foreach ((Queue queue, long offset) in returned)
        {
            _resolving.Return(queue, offset, offset + 1);
        }

        foreach (TestConsumer consumer in consumers)
        {
            lock (consumer.Target.Gate)
            {
                consumer.Credit += credit;
                if (consumer.IsWaiting && consumer.Credit > 0)
                {
                    consumer.IsWaiting = false;
                    _resolving.Wake(consumer);
                }
            }
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        Note(_resolving.Resolve(dispatch));
        dispatch.Flush();
    }

    /// <summary>The next message of a queue, or null.</summary>
    public RecordedDelivery? Get(Queue queue, bool noAck = false)
    {
        using var receiver = new RecordingReceiver();
        RecordedDelivery? delivery = receiver.Get(queue, noAck, out ulong index);
        Note(index);
        return delivery;
    }

    public long Purge(Queue queue)
    {
        long count = queue.Purge(out ulong index);
        Note(index);
        return count;
    }

    public void Delete(Queue queue) => Note(queue.Host.DeleteQueue(queue.Name, owner: null, ifUnused: false, ifEmpty: false).CommitIndex);

    /// <summary>Nothing becomes durable until the result is disposed.</summary>
    public CommitHold HoldCommits() => new(Store);

    /// <summary>Waits until everything so far is durable.</summary>
    public void WaitDurable() => Assert.True(SpinWait.SpinUntil(() => Store.CommittedIndex >= _lastIndex, RecordingTarget.Deadline));

    /// <summary>Stops cleanly and starts again.</summary>
    public Queue Restart(string name = "q")
    {
        Broker.Dispose();
        Store.Dispose();
        (Store, Broker) = Open();
        return Find(name);
    }

    /// <summary>The queue of a name; a new one when it is not there, because it was not durable.</summary>
    public Queue Find(string name) => Host.TryGetQueue(name, out Queue? queue) ? queue : Declare(name);

    /// <summary>Goes on with what a kill at this moment would have left on the disk.</summary>
    /// <param name="name">The queue to go on with.</param>
    /// <param name="journalBytes">Where the journal ends that is left, as told by <see cref="JournalBytes"/>; null to keep it all.</param>
    public Queue Crash(string name = "q", long? journalBytes = null)
    {
        WaitDurable();
        string image = Directory.CreateTempSubdirectory("ropeway-queues-").FullName;
        bool copied = SpinWait.SpinUntil(() => StoreImage.TryTake(DataDirectory, image), RecordingTarget.Deadline);
        Assert.True(copied);
        Store.Dispose(); // Of the broker that goes on unnoticed.
        Broker.Deadlines.Dispose();
        Broker.Authenticator.Dispose();
        _directories.Add(image);
        if (journalBytes is { } end)
        {
            using FileStream journal = File.Open(JournalPath, FileMode.Open);
            journal.Position = end;
            journal.Write(new byte[journal.Length - end]);
        }

        (Store, Broker) = Open();
        return Find(name);
    }

    /// <summary>How far the journal is written, as long as its first file suffices.</summary>
    public long JournalBytes()
    {
        WaitDurable();
        using FileStream journal = File.Open(JournalPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[journal.Length];
        journal.ReadExactly(bytes);
        return bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
    }

    public void Dispose()
    {
        Broker.Dispose();
        Store.Dispose();
        foreach (string directory in _directories)
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private ref PublishItem Add(Queue queue, bool persistent, int bodyStart, int bodyBytes, ulong bodyId)
    {
        MessageFlags flags = (persistent ? MessageFlags.Persistent : MessageFlags.None) | (bodyId == 0 ? MessageFlags.None : MessageFlags.ExternalBody);
        int item = _publishing.Add();
        _publishing[item] = new PublishItem
        {
            Head = new MessageHead(MessageOrigin.Amqp091, flags, 0, Broker.Deadlines.NowMs, 0),
            BodyId = bodyId,
            BodyStart = bodyStart,
            BodyBytes = bodyBytes,
        };
        _publishing.Route(item, queue);
        return ref _publishing[item];
    }

    private bool Flush(byte[] source)
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        Note(Broker.Tracing.Publish(_publishing, source, dispatch, this, Broker.Durability));
        bool taken = true;
        for (int i = 0; i < _publishing.Count; i++)
        {
            taken &= !_publishing[i].IsRejected;
        }

        _publishing.Clear();
        dispatch.Flush();
        return taken;
    }

    /// <summary>Something was done that is durable at this index.</summary>
    public void Note(ulong index) => _lastIndex = Math.Max(_lastIndex, index);

    private (Store Store, Broker Broker) Open()
    {
        Store store = Store.Open(_options with { Directory = DataDirectory });
        var started = new MetadataBatch(); // Without a first user, whose password takes long to hash.
        started.Put(StoredEntry.StartedKey(), StoredEntry.EmptyValue());
        started.Put(StoredEntry.VirtualHostKey("/"), StoredEntry.EmptyValue());
        _lastIndex = store.Metadata.Apply(started);
        using var password = new Secret("guest");
        return (store, new Broker(store, new BrokerOptions { FirstStart = new FirstStart("/", "guest", password), Time = _time, Chance = _chance, Logger = _logger }));
    }
}
