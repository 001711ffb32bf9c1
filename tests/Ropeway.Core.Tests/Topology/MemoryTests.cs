using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Security;
using Ropeway.Storage;
using Xunit.Abstractions;

namespace Ropeway.Core.Tests.Topology;

/// <summary>What queues cost in the garbage collector's heap, with their logs and their definitions.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests
{
    private readonly ITestOutputHelper _output;

    public MemoryTests(ITestOutputHelper output)
    {
        _output = output;
    }

    [Fact]
    public void IdleDurableQueues_CostLittle()
    {
        const int Few = 5_000;
        const int Many = 25_000;
        long few = RetainedBytes(Few); // What both have is not the queues'.
        long bytes = (RetainedBytes(Many) - few) / (Many - Few);
        _output.WriteLine($"{bytes} bytes a queue");
        Assert.InRange(bytes, 1, 850); // Of it 72 for the name and 56 for the key that it is stored under.
    }

    private static long RetainedBytes(int count)
    {
        string directory = Directory.CreateTempSubdirectory("ropeway-queues-").FullName;
        try
        {
            using Store store = Store.Open(new StoreOptions { Directory = directory, JournalFileBytes = 16 << 20 });
            using var password = new Secret("guest"u8);
            using var broker = new Broker(store, new BrokerOptions { FirstStart = new FirstStart("/", "guest", password) });
            Assert.True(broker.VirtualHosts.TryGet("/", out VirtualHost? host));
            long before = GC.GetTotalMemory(forceFullCollection: true);
            for (int i = 0; i < count; i++)
            {
                host.DeclareQueue(new QueueSettings($"a-queue-of-many-{i:000000}", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
            }

            store.Checkpoint();
            return GC.GetTotalMemory(forceFullCollection: true) - before;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
