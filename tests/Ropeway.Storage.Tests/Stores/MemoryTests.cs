using Xunit.Abstractions;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>What logs cost in the garbage collector's heap. On the real disk, because the simulated one keeps its files there.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests
{
    private readonly ITestOutputHelper _output;

    public MemoryTests(ITestOutputHelper output)
    {
        _output = output;
    }

    [Fact]
    public void IdleLogs_AfterTraffic_CostLittle()
    {
        const int Few = 8_000;
        const int Many = 40_000;
        long few = RetainedBytes(Few); // What both have is not the logs': pooled lists, what the store keeps for later.
        long bytes = (RetainedBytes(Many) - few) / (Many - Few);
        _output.WriteLine($"{bytes} bytes a log");
        Assert.InRange(bytes, 1, 240); // 176 for the log with its gate, up to 32 for its place in the catalog and in the test's list.
    }

    [Fact]
    public void Backlog_OfSmallMessages_CostsLittleIndexMemory()
    {
        const int Count = 1_000_000;
        using TemporaryDirectory directory = new();
        using Store store = Store.Open(new StoreOptions { Directory = directory.Path, JournalFileBytes = 16 << 20, JournalFiles = 4 });
        StoredLog log = ReclaimTests.CreateLogs(store, 1)[0];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ulong index = 0;
        for (int i = 0; i < Count; i++)
        {
            index = StoreRig.Append(log, 1, 100);
            if (i % 10_000 == 0)
            {
                CommitGate.Wait(store, index);
            }
        }

        CommitGate.Wait(store, index);
        store.Checkpoint();
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        _output.WriteLine($"{bytes} bytes, {store.GetStatistics()}");
        Assert.Equal(Count, log.UnsettledCount);
        Assert.InRange(bytes, 1, 3_000_000);
    }

    [Fact]
    public void JournalBlocks_WithoutMessages_GoWhenTheyAreDurable()
    {
        using TemporaryDirectory directory = new();
        using Store store = Store.Open(new StoreOptions { Directory = directory.Path });
        long before = store.GetStatistics().TailBytes;
        MetadataBatch batch = new();
        for (int i = 0; i < 100; i++)
        {
            batch.Clear();
            batch.Put("key"u8, new byte[200_000]);
            CommitGate.Wait(store, store.Metadata.Apply(batch));
        }

        // What the commit before the last one made durable has gone by now: of 20 MB nothing but the end is there.
        Assert.InRange(store.GetStatistics().TailBytes, 0, before + (4 << 20));
    }

    /// <summary>What a store holds in the heap for so many logs that have had traffic and are idle.</summary>
    private static long RetainedBytes(int logCount)
    {
        using TemporaryDirectory directory = new();
        using Store store = Store.Open(new StoreOptions { Directory = directory.Path, JournalFileBytes = 4 << 20 });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ulong index = 0;
        foreach (StoredLog log in ReclaimTests.CreateLogs(store, logCount))
        {
            StoreRig.Append(log, 2, 10);
            StoreRig.Settle(log, 1, 2);
            index = StoreRig.Settle(log, 0, 1);
            CommitGate.Wait(store, log.Id % 200 == 0 ? index : 0); // So that no group is large: its list would be counted.
        }

        CommitGate.Wait(store, index);
        store.Checkpoint();
        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }
}
