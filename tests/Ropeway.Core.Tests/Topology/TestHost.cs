using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Topology;

/// <summary>Definitions on memory with the default virtual host, and short words for what tests do with it.</summary>
internal sealed class TestHost
{
    private readonly RouteResult _result = new();

    public TestHost()
        : this(Started())
    {
    }

    private TestHost(MemoryMetadata metadata)
    {
        Metadata = metadata;
        using var password = new Secret("guest");
        Definitions = Definitions.Open(metadata, Logs, new FirstStart("/", "guest", password), NullLogger.Instance);
        Assert.True(Definitions.VirtualHosts.TryGet("/", out VirtualHost? host));
        Host = host;
    }

    public MemoryMetadata Metadata { get; }

    public CountedLogs Logs { get; } = new();

    public Definitions Definitions { get; }

    public VirtualHost Host { get; }

    /// <summary>Data whose first start is over, without the costly hash of a first user.</summary>
    private static MemoryMetadata Started()
    {
        var metadata = new MemoryMetadata();
        metadata.Put(StoredEntry.StartedKey(), StoredEntry.EmptyValue());
        metadata.Put(StoredEntry.VirtualHostKey("/"), StoredEntry.EmptyValue());
        return metadata;
    }

    /// <summary>What a process finds that starts on the same data.</summary>
    public TestHost Restart() => new(Metadata);

    public Queue Queue(string name, bool durable = false, FieldTable? arguments = null, bool autoDelete = false) =>
        Host.DeclareQueue(new QueueSettings(name, durable, Exclusive: false, autoDelete, arguments, Owner: null)).Queue;

    public Queue ExclusiveQueue(string name, object owner, bool durable = false) =>
        Host.DeclareQueue(new QueueSettings(name, durable, Exclusive: true, AutoDelete: false, Arguments: null, owner)).Queue;

    /// <summary>Puts messages of no content into a queue.</summary>
    public static void Fill(Queue queue, int count)
    {
        lock (queue.Log.Gate)
        {
            AppendSpace space = queue.Log.BeginAppend(count, 8 * count, persistent: false, tag: 0);
            for (int i = 0; i < count; i++)
            {
                space.Add(8);
            }

            space.Complete();
        }
    }

    public Exchange Exchange(string name, ExchangeType type, bool durable = false, bool autoDelete = false, FieldTable? arguments = null) =>
        Host.DeclareExchange(new ExchangeSettings(name, type, durable, autoDelete, Internal: false, arguments)).Exchange;

    public ulong Bind(string exchange, string queue, string key = "", FieldTable? arguments = null) =>
        Host.BindQueue(exchange, queue, key, arguments, owner: null);

    public ulong Unbind(string exchange, string queue, string key = "", FieldTable? arguments = null) =>
        Host.UnbindQueue(exchange, queue, key, arguments, owner: null);

    /// <summary>Names of the queues that a message goes to, in order of name, with commas.</summary>
    public string Route(string exchange, string key, FieldTable? headers = null)
    {
        _result.Clear();
        byte[] table = headers is null ? [] : FieldTableCodec.ToArray(headers);
        Host.GetExchange(exchange).Route(new RouteRequest(Encoding.UTF8.GetBytes(key), table), _result);
        return string.Join(',', _result.Queues.ToArray().Select(queue => queue.Name).Order(StringComparer.Ordinal));
    }
}
