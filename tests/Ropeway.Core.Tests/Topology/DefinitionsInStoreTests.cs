using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Topology;

public sealed class DefinitionsInStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-definitions-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Reopen_EverythingDurable_IsThere()
    {
        using (Store store = Open())
        {
            VirtualHost host = DefaultHost(store);
            host.DeclareExchange(new ExchangeSettings("x", ExchangeType.Topic, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
            Declare(host, "q", durable: true);
            Declare(host, "gone", durable: true);
            Declare(host, "transient", durable: false);
            host.BindQueue("x", "q", "a.*", new FieldTable { ["note"] = 1 }, owner: null);
            host.DeleteQueue("gone", owner: null, ifUnused: false, ifEmpty: false);
            Assert.Single(store.Logs);
        }

        using (Store store = Open())
        {
            VirtualHost host = DefaultHost(store);
            Assert.Equal(["q"], host.ListQueues().Select(queue => queue.Name), StringComparer.Ordinal);
            Assert.Single(store.Logs);
            var result = new RouteResult();
            host.GetExchange("x").Route(new RouteRequest("a.b"u8), result);
            Assert.Equal(1, result.Count);
            Assert.True(result.Queues[0].Log.IsDurable);
        }
    }

    [Fact]
    public void Reopen_ManyQueuesAndAnEmptiedVirtualHost_AreAsTheyWere()
    {
        const int Count = 2_000;
        using (Store store = Open())
        {
            Definitions definitions = Load(store);
            Assert.True(definitions.VirtualHosts.TryGet("/", out VirtualHost? host));
            definitions.VirtualHosts.Create("tenant", out VirtualHost tenant);
            for (int i = 0; i < Count; i++)
            {
                Declare(host, $"q{i}", durable: true);
                Declare(tenant, $"q{i}", durable: true);
                tenant.BindQueue("amq.topic", $"q{i}", $"{i}." + new string('k', 200), arguments: null, owner: null);
            }

            definitions.VirtualHosts.Delete("tenant");
        }

        using (Store store = Open())
        {
            Definitions definitions = Load(store);
            Assert.Equal(Count, Assert.Single(definitions.VirtualHosts.All).ListQueues().Count);
            Assert.Equal(Count, store.Logs.Count());
        }
    }

    private static void Declare(VirtualHost host, string name, bool durable) =>
        host.DeclareQueue(new QueueSettings(name, durable, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));

    private static Definitions Load(Store store)
    {
        using var password = new Secret("guest");
        using var deadlines = new Deadlines(TimeProvider.System);
        return Definitions.Open(store, new BrokerOptions { FirstStart = new FirstStart("/", "guest", password) }, deadlines);
    }

    private static VirtualHost DefaultHost(Store store)
    {
        Assert.True(Load(store).VirtualHosts.TryGet("/", out VirtualHost? host));
        return host;
    }

    private Store Open() => Store.Open(new StoreOptions { Directory = _directory, JournalFileBytes = 8 * 1024 * 1024, JournalFiles = 2 });
}
