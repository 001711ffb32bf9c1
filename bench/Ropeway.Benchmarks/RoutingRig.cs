using System.Text;
using Ropeway.Core;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Benchmarks;

/// <summary>A virtual host with many queues, and keys to route by in random order. One thread uses it.</summary>
internal sealed class RoutingRig : IDisposable
{
    private const int KeyCount = 1 << 17; // More than any benchmark has bindings.
    private const ulong Scatter = 0x9E3779B97F4A7C15; // Odd and large: its multiples' upper bits look random, and are the same in each run.

    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-bench-").FullName;
    private readonly byte[][] _keys = new byte[KeyCount][];
    private readonly RouteResult _result = new();
    private readonly Store _store;
    private readonly Broker _broker;
    private readonly VirtualHost _host;
    private int _turn;

    public RoutingRig(int queueCount)
    {
        _store = Store.Open(new StoreOptions { Directory = _directory });
        using var password = new Secret("guest"u8);
        _broker = new Broker(_store, new BrokerOptions { FirstStart = new FirstStart("/", "guest", password) });
        _host = _broker.VirtualHosts.All.Single();
        for (int i = 0; i < queueCount; i++)
        {
            _host.DeclareQueue(new($"queue.{i}", Durable: false, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
        }

        for (int i = 0; i < KeyCount; i++)
        {
            int device = (int)(((ulong)i * Scatter >> 33) % (ulong)queueCount);
            _keys[i] = Encoding.UTF8.GetBytes($"area.{device % 317}.device{device}.state");
        }
    }

    public Exchange Exchange(string name) => _host.GetExchange(name);

    public Exchange DeclareTopic(string name) =>
        _host.DeclareExchange(new ExchangeSettings(name, ExchangeType.Topic, Durable: false, AutoDelete: false, Internal: false, Arguments: null)).Exchange;

    public void Bind(Exchange exchange, int queue, string key, FieldTable? arguments = null) =>
        _host.BindQueue(exchange.Name, $"queue.{queue}", key, arguments, owner: null);

    /// <summary>Routes a message with the next key; gives the number of queues.</summary>
    public int Route(Exchange exchange, ReadOnlySpan<byte> headers = default)
    {
        _result.Clear();
        exchange.Route(new RouteRequest(_keys[_turn++ & (KeyCount - 1)], headers), _result);
        return _result.Count;
    }

    public void Dispose()
    {
        _broker.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
