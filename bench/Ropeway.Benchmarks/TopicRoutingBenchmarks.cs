using System.Text;
using BenchmarkDotNet.Attributes;
using Ropeway.Core;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Benchmarks;

/// <summary>Finding the one queue that a topic exchange sends a message to, among many.</summary>
[MemoryDiagnoser]
public class TopicRoutingBenchmarks : IDisposable
{
    private const int KeyCount = 1024; // A power of two.

    private readonly RouteResult _result = new();
    private readonly byte[][] _keys = new byte[KeyCount][];
    private string _directory = string.Empty;
    private Store? _store;
    private Broker? _broker;
    private Exchange? _exchange;
    private int _turn;

    /// <summary>Bindings of the exchange, each of another queue with another pattern.</summary>
    [Params(1_000, 100_000)]
    public int BindingCount { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _directory = Directory.CreateTempSubdirectory("ropeway-bench-").FullName;
        _store = Store.Open(new StoreOptions { Directory = _directory });
        using var password = new Secret("guest"u8);
        _broker = new Broker(_store, new BrokerOptions { FirstStart = new FirstStart("/", "guest", password) });
        VirtualHost host = _broker.VirtualHosts.All.Single();
        for (int i = 0; i < BindingCount; i++)
        {
            host.DeclareQueue(new($"queue.{i}", Durable: false, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
            host.BindQueue("amq.topic", $"queue.{i}", $"area.{i % 317}.device{i}.*", arguments: null, owner: null);
        }

        for (int i = 0; i < KeyCount; i++)
        {
            int device = i * 97 % BindingCount;
            _keys[i] = Encoding.UTF8.GetBytes($"area.{device % 317}.device{device}.state");
        }

        _exchange = host.GetExchange("amq.topic");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _broker?.Dispose();
        _store?.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Route()
    {
        _result.Clear();
        _exchange!.Route(new RouteRequest(_keys[_turn++ & (KeyCount - 1)]), _result);
        return _result.Count;
    }
}
