namespace Ropeway.Storage.Tests.Stores;

public sealed class ReclaimTests
{
    [Fact]
    public void StuckHead_WithTrafficBehindIt_KeepsDirectoryAndRunTableSmall()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoreRig.Append(log, 1, 100);
        for (int round = 0; round < 60; round++)
        {
            StoreRig.WaitForRoom(rig.Store); // As publishers do; else the journal grows beyond its bound.
            ulong index = 0;
            for (int i = 0; i < 20; i++)
            {
                StoreRig.Append(log, 10, 400);
                index = StoreRig.Settle(log, log.EndOffset - 10, log.EndOffset);
            }

            rig.Commit(index);
        }

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        StoreStatistics statistics = rig.Store.GetStatistics();
        Assert.Equal([0L], StoreRig.ReadAll(log));
        Assert.Equal(0, log.StartOffset);
        Assert.InRange(statistics.SegmentCount, 0, 1);
        Assert.InRange(statistics.RunCount, 1, 40);
        Assert.InRange(rig.Disk.BytesOf("journal-"), 1, 12 * StoreRig.FileBytes);
        Assert.InRange(rig.Disk.BytesOf("segment-"), 0, 4096);
    }

    [Fact]
    public void ThousandsOfLogs_WithOneStuckMessageEach_ShareFewFiles()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = CreateLogs(rig, 3000);
        ulong index = 0;
        foreach (StoredLog log in logs)
        {
            StoreRig.Append(log, 20, 100);
            StoreRig.Settle(log, 0, 10);
            index = StoreRig.Settle(log, 11, 20);
            rig.Commit(log.Id % 16 == 0 ? index : 0);
        }

        rig.Commit(index);
        StoredLog busy = rig.CreateLog();
        for (int i = 0; i < 120; i++)
        {
            StoreRig.Append(busy, 20, 600);
            rig.Commit(StoreRig.Settle(busy, 0, busy.EndOffset));
        }

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.InRange(rig.Store.GetStatistics().SegmentCount, 1, 10);
        rig.ReopenAfterKill();
        Assert.All(logs, log => Assert.Equal([10L], StoreRig.ReadAll(rig.Log(log.Id))));
    }

    [Fact]
    public void Purge_OfABacklogInSegments_FreesItsFiles()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        Backlog(rig, log);
        Assert.True(rig.Store.GetStatistics().SegmentCount > 0);

        rig.Commit(StoreRig.Settle(log, 0, log.EndOffset));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();

        Assert.Equal(0, rig.Store.GetStatistics().SegmentCount);
        Assert.Equal(0, rig.Disk.BytesOf("segment-"));
        Assert.Equal(0, rig.Store.GetStatistics().RunCount);
        rig.ReopenAfterKill();
        Assert.Empty(StoreRig.ReadAll(rig.Log(log.Id)));
    }

    [Fact]
    public void DeleteLog_WithABacklogInSegments_FreesItsFiles()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        Backlog(rig, log);
        MetadataBatch batch = new();
        batch.DeleteLog(log.Id);
        rig.Commit(rig.Store.Metadata.Apply(batch));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();

        Assert.Equal(0, rig.Disk.BytesOf("segment-"));
        Assert.Throws<InvalidOperationException>(() => StoreRig.Append(log, 1, 1));
        rig.ReopenAfterKill();
        Assert.False(rig.Store.TryGetLog(log.Id, out _));
    }

    [Fact]
    public void Rewrite_SegmentWithFewSurvivors_ShrinksIt()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        Backlog(rig, log);
        long before = rig.Disk.BytesOf("segment-");
        for (long offset = 0; offset < log.EndOffset; offset += 100)
        {
            StoreRig.Settle(log, offset + 1, offset + 100);
        }

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();

        Assert.InRange(rig.Disk.BytesOf("segment-"), 1, before / 10);
        Assert.Equal(log.UnsettledCount, StoreRig.ReadAll(log).Count);
        rig.ReopenCleanly();
        Assert.All(StoreRig.ReadAll(rig.Log(log.Id)), offset => Assert.Equal(0, offset % 100));
    }

    [Fact]
    public void TransientMessages_BeyondTheirMemory_SpillAndStayReadable()
    {
        using StoreRig rig = new();
        StoredLog log = rig.Store.CreateTransientLog();
        for (int i = 0; i < 150; i++)
        {
            StoreRig.Append(log, 10, 1000, persistent: false);
        }

        rig.Store.Checkpoint();
        StoreStatistics statistics = rig.Store.GetStatistics();
        Assert.True(statistics.SpillSegmentCount > 0);
        Assert.InRange(statistics.TransientBytes, 0, 512 * 1024);
        Assert.Equal(1500, StoreRig.ReadAll(log).Count);

        StoreRig.Settle(log, 0, 1500);
        rig.Store.Checkpoint();
        Assert.Equal(0, rig.Store.GetStatistics().SpillSegmentCount);
        Assert.Equal(0, rig.Disk.BytesOf("spill-"));
    }

    [Fact]
    public void Spill_LeftByAKill_IsEmptiedAtStart()
    {
        using StoreRig rig = new();
        StoredLog log = rig.Store.CreateTransientLog();
        for (int i = 0; i < 150; i++)
        {
            StoreRig.Append(log, 10, 1000, persistent: false);
        }

        rig.Store.Checkpoint();
        rig.ReopenAfterKill();
        Assert.Equal(0, rig.Disk.BytesOf("spill-"));
        Assert.False(rig.Store.TryGetLog(log.Id, out _));
    }

    internal static List<StoredLog> CreateLogs(StoreRig rig, int count) => CreateLogs(rig.Store, count);

    internal static List<StoredLog> CreateLogs(Store store, int count)
    {
        MetadataBatch batch = new();
        List<StoredLog> logs = [];
        while (logs.Count < count)
        {
            List<ulong> ids = [];
            batch.Clear();
            for (int i = 0; i < Math.Min(1000, count - logs.Count); i++)
            {
                ids.Add(store.Metadata.AllocateLogId());
                batch.CreateLog(ids[^1]);
            }

            CommitGate.Wait(store, store.Metadata.Apply(batch));
            logs.AddRange(ids.Select(id => store.TryGetLog(id, out StoredLog? log) ? log : throw new InvalidOperationException()));
        }

        return logs;
    }

    /// <summary>More than the journal holds, so that most of it lies in segments.</summary>
    internal static void Backlog(StoreRig rig, StoredLog log)
    {
        for (int i = 0; i < 200; i++)
        {
            ulong index = StoreRig.Append(log, 20, 500);
            if (i % 20 == 19)
            {
                rig.Commit(index);
                rig.Store.Checkpoint();
            }
        }
    }
}
