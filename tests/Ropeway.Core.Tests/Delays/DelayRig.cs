using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Messages;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Delays;

/// <summary>A broker in virtual time on a real store, and short words for what tests do with delayed messages. One thread at a time.</summary>
internal sealed class DelayRig : IDisposable, ITraceSender
{
    private readonly List<string> _directories = [Directory.CreateTempSubdirectory("ropeway-delays-").FullName];
    private ulong _lastIndex;

    private readonly FieldTable? _arguments;
    private readonly ILogger _logger;

    /// <param name="arguments">What the queue "q" is declared with.</param>
    /// <param name="logger">Is told about faults.</param>
    public DelayRig(FieldTable? arguments = null, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        _arguments = arguments;
        (Store, Broker) = Open();
        Queue = Declare("q", _arguments);
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    public Store Store { get; private set; }

    public Broker Broker { get; private set; }

    public Queue Queue { get; private set; }

    string ITraceSender.TracedHost => "/";

    string ITraceSender.TracedName => "a test";

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public VirtualHost Host => Broker.VirtualHosts.TryGet("/", out VirtualHost? host) ? host : throw new InvalidOperationException("No host.");

    public DelayLog Delays => Host.TryEnsureDelays(out DelayLog? delays) ? delays : throw new InvalidOperationException("The host is deleted.");

    public Queue Declare(string name, FieldTable? arguments = null)
    {
        DeclaredQueue declared = Host.DeclareQueue(new QueueSettings(name, Durable: true, Exclusive: false, AutoDelete: false, arguments, Owner: null));
        _lastIndex = Math.Max(_lastIndex, declared.CommitIndex);
        return declared.Queue;
    }

    /// <summary>Sends persistent messages, each held back for so many milliseconds, in one batch.</summary>
    public void Send(params (string Body, long DelayMs)[] messages) => Send(persistent: true, key: "q", Host.DefaultExchange, messages);

    public void Send(bool persistent, string key, Exchange exchange, params (string Body, long DelayMs)[] messages)
    {
        var batch = new PublishBatch();
        byte[] properties = QueueRig.PropertiesOf(headers: null, expirationMs: null);
        byte[] source = [.. Encoding.UTF8.GetBytes(key), .. properties, .. Encoding.UTF8.GetBytes(string.Concat(messages.Select(message => message.Body)))];
        int start = key.Length + properties.Length;
        foreach ((string body, long delayMs) in messages)
        {
            Add(batch, key.Length, start, Encoding.UTF8.GetByteCount(body), persistent);
            start += Encoding.UTF8.GetByteCount(body);
            (batch[batch.Count - 1].PropertiesStart, batch[batch.Count - 1].PropertiesBytes) = (key.Length, properties.Length);
            batch.Delay(batch.Count - 1, Delays, exchange, NowMs + delayMs);
        }

        Publish(batch, source);
    }

    /// <summary>Sends a message whose body lies in a file of its own.</summary>
    public async Task SendExternalAsync(string body, long delayMs)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        ulong id = await Store.WriteBodyAsync(new ReadOnlySequence<byte>(bytes), CancellationToken.None);
        var batch = new PublishBatch();
        Add(batch, 1, 1, bytes.Length, persistent: true);
        batch[0].BodyId = id;
        batch[0].Head = batch[0].Head with { Flags = MessageFlags.Persistent | MessageFlags.ExternalBody };
        batch.Delay(0, Delays, Host.DefaultExchange, NowMs + delayMs);
        Publish(batch, "q"u8);
        Store.ReleaseBody(id);
    }

    /// <summary>Sends a message that does not wait.</summary>
    public void SendNow(string body)
    {
        var batch = new PublishBatch();
        byte[] source = Encoding.UTF8.GetBytes("q" + body);
        Add(batch, 1, 1, source.Length - 1, persistent: true);
        batch.Route(0, Queue);
        Publish(batch, source);
    }

    /// <summary>A crash waits until this is durable.</summary>
    public void Note(ulong index) => _lastIndex = Math.Max(_lastIndex, index);

    public void Cancel(long id)
    {
        Assert.True(Delays.TryCancel(id, out ulong index));
        _lastIndex = Math.Max(_lastIndex, index);
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(long milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>
    /// Lets time pass, and the tick that what is due then may be late. A pool thread passes on what was due before and only then sets
    /// the next deadline: time stands still for so long, or the deadline would be set when its time is over.
    /// </summary>
    public void AdvanceBeyond(long milliseconds)
    {
        Assert.True(SpinWait.SpinUntil(() => Delays.Count == 0 || Broker.Deadlines.Count > 0, RecordingTarget.Deadline));
        Advance(milliseconds + Deadlines.TickMs);
    }

    /// <summary>The next messages of the queue, after so many have come, in order.</summary>
    public string[] Take(int count)
    {
        bool came = SpinWait.SpinUntil(() => Queue.MessageCount >= count, RecordingTarget.Deadline);
        Assert.True(came, $"{Queue.MessageCount} of {count} messages came.");
        Assert.Equal(count, Queue.MessageCount);
        using var receiver = new RecordingReceiver();
        var bodies = new string[count];
        for (int i = 0; i < count; i++)
        {
            bodies[i] = receiver.Get(Queue, settlesOnDelivery: true, out ulong index)!.Body;
            Note(index);
        }

        return bodies;
    }

    /// <summary>Stops cleanly and starts again.</summary>
    /// <param name="whileDown">What happens in between.</param>
    public void Restart(Action? whileDown = null)
    {
        Broker.Dispose();
        Store.Dispose();
        whileDown?.Invoke();
        Reopen();
    }

    /// <summary>Goes on with what a kill at this moment would have left on the disk.</summary>
    /// <param name="whileDown">What happens in between.</param>
    public void Crash(Action whileDown)
    {
        Assert.True(SpinWait.SpinUntil(() => Store.CommittedIndex >= _lastIndex, RecordingTarget.Deadline));
        string image = Directory.CreateTempSubdirectory("ropeway-delays-").FullName;
        Assert.True(SpinWait.SpinUntil(() => StoreImage.TryTake(_directories[^1], image), RecordingTarget.Deadline));

        Broker.Dispose();
        Store.Dispose();
        _directories.Add(image);
        whileDown();
        Reopen();
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

    private void Reopen()
    {
        (Store, Broker) = Open();
        Queue = Declare("q", _arguments);
    }

    private void Add(PublishBatch batch, int keyBytes, int bodyStart, int bodyBytes, bool persistent)
    {
        batch[batch.Add()] = new PublishItem
        {
            Head = new MessageHead(MessageOrigin.None, persistent ? MessageFlags.Persistent : MessageFlags.None, 0, NowMs, 0),
            RoutingKeyBytes = (byte)keyBytes,
            BodyStart = bodyStart,
            BodyBytes = bodyBytes,
        };
    }

    private void Publish(PublishBatch batch, ReadOnlySpan<byte> source)
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        _lastIndex = Math.Max(_lastIndex, Broker.Tracing.Publish(batch, source, dispatch, this, Broker.Durability));
        dispatch.Flush();
    }

    private (Store Store, Broker Broker) Open()
    {
        Store store = Store.Open(new StoreOptions { Directory = _directories[^1], JournalFileBytes = 4 << 20 });
        var started = new MetadataBatch(); // Without a first user, whose password takes long to hash.
        started.Put(StoredEntry.StartedKey(), StoredEntry.EmptyValue());
        started.Put(StoredEntry.VirtualHostKey("/"), StoredEntry.EmptyValue());
        _lastIndex = store.Metadata.Apply(started);
        using var password = new Secret("guest");
        return (store, new Broker(store, new BrokerOptions { Logger = _logger, FirstStart = new FirstStart("/", "guest", password), Time = Time }));
    }
}
