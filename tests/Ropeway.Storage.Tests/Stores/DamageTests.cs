using System.Buffers.Binary;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Tests.Stores;

public sealed class DamageTests
{
    [Fact]
    public void Open_NewestCheckpointDamaged_FallsBackAndLosesNothing()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        ReclaimTests.Backlog(rig, log);
        rig.Commit(StoreRig.Settle(log, 100, 200));
        rig.Store.Checkpoint();
        rig.Commit(StoreRig.Settle(log, 300, 400));
        List<long> before = StoreRig.ReadAll(log);
        MemoryDisk image = rig.Disk.Copy();
        image.Flip(NewestCheckpoint(image), 100);

        rig.ReopenOn(image);

        Assert.Equal(before, StoreRig.ReadAll(rig.Log(log.Id)));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        rig.ReopenAfterKill();
        Assert.Equal(before, StoreRig.ReadAll(rig.Log(log.Id)));
    }

    [Fact]
    public void Open_AllCheckpointsDamaged_RefusesAndChangesNothing()
    {
        using StoreRig rig = new();
        ReclaimTests.Backlog(rig, rig.CreateLog());
        MemoryDisk image = rig.Disk.Copy();
        foreach (string name in image.List(StoreRig.Directory).Where(name => name.StartsWith("checkpoint-", StringComparison.Ordinal)))
        {
            image.Flip(Path.Combine(StoreRig.Directory, name), 70);
        }

        AssertRefused(image, StoreFault.Damaged);
    }

    [Fact]
    public void Open_CheckpointsGone_RefusesAndChangesNothing()
    {
        using StoreRig rig = new();
        rig.Commit(StoreRig.Append(rig.CreateLog(), 1, 10));
        MemoryDisk image = rig.Disk.Copy();
        foreach (string name in image.List(StoreRig.Directory).Where(name => name.StartsWith("checkpoint-", StringComparison.Ordinal)))
        {
            image.Delete(Path.Combine(StoreRig.Directory, name));
        }

        AssertRefused(image, StoreFault.Damaged);
    }

    [Fact]
    public void Open_HeaderGone_RefusesAndChangesNothing()
    {
        using StoreRig rig = new();
        MemoryDisk image = rig.Disk.Copy();
        image.Delete(Path.Combine(StoreRig.Directory, "store"));
        AssertRefused(image, StoreFault.Damaged);
    }

    [Fact]
    public void Open_NewerFormat_RefusesAndChangesNothing()
    {
        using StoreRig rig = new();
        MemoryDisk image = rig.Disk.Copy();
        image.Edit(Path.Combine(StoreRig.Directory, "store"), bytes =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 99);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));
        });
        AssertRefused(image, StoreFault.NewerVersion);
    }

    [Fact]
    public void Open_SegmentMissing_RefusesAndChangesNothing()
    {
        using StoreRig rig = new();
        ReclaimTests.Backlog(rig, rig.CreateLog());
        MemoryDisk image = rig.Disk.Copy();
        image.Delete(Path.Combine(StoreRig.Directory, image.List(StoreRig.Directory).First(name => name.StartsWith("segment-", StringComparison.Ordinal))));
        AssertRefused(image, StoreFault.Damaged);
    }

    [Fact]
    public void Open_SegmentFooterDamaged_RebuildsItFromTheBatches()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        ReclaimTests.Backlog(rig, log);
        MemoryDisk image = rig.Disk.Copy();
        foreach (string name in image.List(StoreRig.Directory).Where(name => name.StartsWith("segment-", StringComparison.Ordinal)))
        {
            string path = Path.Combine(StoreRig.Directory, name);
            image.Flip(path, image.Content(path).Length - 10);
        }

        rig.ReopenOn(image);
        Assert.Equal(4000, StoreRig.ReadAll(rig.Log(log.Id)).Count);
    }

    [Fact]
    public void Read_FlippedByteInASegment_QuarantinesExactlyThatLog()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 10);
        for (int i = 0; i < 40; i++)
        {
            logs.ForEach(log => StoreRig.Append(log, 10, 500));
            rig.Commit(StoreRig.Append(logs[0], 1, 10));
        }

        rig.Store.Checkpoint();
        MemoryDisk image = rig.Disk.Copy();
        ulong victim = FlipFirstBatch(image);
        rig.ReopenOn(image);

        foreach (StoredLog log in logs.Select(log => rig.Log(log.Id)))
        {
            if (log.Id == victim)
            {
                AssertReadsDamaged(log);
                Assert.Throws<InvalidOperationException>(() => StoreRig.Append(log, 1, 1));
            }
            else
            {
                Assert.True(StoreRig.ReadAll(log).Count >= 400);
            }
        }

        Assert.Equal(1, rig.Store.GetStatistics().QuarantinedLogCount);
        rig.Store.Checkpoint();
        rig.ReopenAfterKill();
        Assert.NotNull(rig.Log(victim).Quarantine);
    }

    [Fact]
    public void Move_DamagedRecords_KeepsTheirBytesAndTheOtherLogs()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 10);
        for (int i = 0; i < 40; i++)
        {
            logs.ForEach(log => StoreRig.Append(log, 10, 500));
            rig.Commit(StoreRig.Append(logs[0], 1, 10));
        }

        rig.Store.Checkpoint();
        MemoryDisk image = rig.Disk.Copy();
        ulong victim = FlipFirstBatch(image);
        rig.ReopenOn(image);
        foreach (StoredLog log in logs.Select(log => rig.Log(log.Id)))
        {
            StoreRig.Settle(log, 1, log.EndOffset); // Few survivors: the segment is rewritten.
        }

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.NotNull(rig.Log(victim).Quarantine);
        Assert.Contains(rig.Disk.List(Path.Combine(StoreRig.Directory, "quarantine")), name => name == $"log-{victim}-offset-0");
        Assert.All(logs.Where(log => log.Id != victim), log => Assert.Equal([0L], StoreRig.ReadAll(rig.Log(log.Id))));
        rig.ReopenAfterKill();
        AssertReadsDamaged(rig.Log(victim));
    }

    [Fact]
    public void Open_UnknownSegment_GoesToQuarantine()
    {
        using StoreRig rig = new();
        ReclaimTests.Backlog(rig, rig.CreateLog());
        StoredLog log = rig.CreateLog();
        ReclaimTests.Backlog(rig, log);
        MemoryDisk image = rig.Disk.Copy();
        string known = image.List(StoreRig.Directory).First(name => name.StartsWith("segment-", StringComparison.Ordinal));
        using (IDiskFile stray = image.Create(Path.Combine(StoreRig.Directory, "segment-0")))
        {
            stray.Write(image.Content(Path.Combine(StoreRig.Directory, known)), 0);
            stray.Sync();
        }

        rig.ReopenOn(image);
        Assert.DoesNotContain("segment-0", rig.Disk.List(StoreRig.Directory));
        Assert.Contains("segment-0", rig.Disk.List(Path.Combine(StoreRig.Directory, "quarantine")));
    }

    [Fact]
    public void SyncOfASegment_Fails_StopsTheStore()
    {
        MemoryDisk disk = new();
        Exception? failure = null;
        Store store = Store.Open(StoreRig.Options(disk) with { OnFailed = cause => failure = cause });
        disk.BeforeSync = path => ThrowFor(path, "segment-", Errno.InputOutput);
        StoredLog log = Create(store);
        ulong last = 0;
        Assert.Throws<StoreFailedException>(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                last = StoreRig.Append(log, 20, 500);
                store.Checkpoint();
            }
        });
        Assert.NotNull(failure);
        Assert.Throws<StoreFailedException>(() => StoreRig.Append(log, 1, 1));
        store.Dispose();
        disk.BeforeSync = null;
        using Store again = StoreRig.Open(disk.Copy());
        Assert.True(again.TryGetLog(log.Id, out StoredLog? recovered));
        Assert.True(StoreRig.ReadAll(recovered).Count >= 20);
    }

    [Fact]
    public void SpaceForSegments_RunsOut_HealsByItself()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        rig.Disk.BeforeWrite = path => ThrowFor(path, "segment-", Errno.NoSpace);
        for (int i = 0; i < 100; i++)
        {
            rig.Commit(StoreRig.Append(log, 20, 500));
        }

        StoreException refused = Assert.Throws<StoreException>(rig.Store.Checkpoint);
        Assert.Equal(StoreFault.Io, refused.Kind);
        rig.Disk.BeforeWrite = null;
        rig.Store.Checkpoint();
        Assert.Equal(2000, StoreRig.ReadAll(log).Count);
        Assert.True(rig.Store.GetStatistics().SegmentCount > 0);
    }

    private static void ThrowFor(string path, string prefix, int error)
    {
        if (Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new IOException($"'{path}' failed: error {error}.", error);
        }
    }

    private static StoredLog Create(Store store)
    {
        ulong id = store.Metadata.AllocateLogId();
        MetadataBatch batch = new();
        batch.CreateLog(id);
        CommitGate.Wait(store, store.Metadata.Apply(batch));
        Assert.True(store.TryGetLog(id, out StoredLog? log));
        return log;
    }

    private static string NewestCheckpoint(MemoryDisk disk) => disk.List(StoreRig.Directory)
        .Where(name => name.StartsWith("checkpoint-", StringComparison.Ordinal))
        .OrderByDescending(name => int.Parse(name.AsSpan("checkpoint-".Length)))
        .Select(name => Path.Combine(StoreRig.Directory, name))
        .First();

    /// <summary>Damages a record in the first segment; returns its log.</summary>
    private static ulong FlipFirstBatch(MemoryDisk disk)
    {
        string path = disk.List(StoreRig.Directory)
            .Where(name => name.StartsWith("segment-", StringComparison.Ordinal))
            .Select(name => Path.Combine(StoreRig.Directory, name))
            .First();
        disk.Flip(path, 64 + 48 + 20);
        return BinaryPrimitives.ReadUInt64LittleEndian(disk.Content(path).AsSpan(64 + 24));
    }

    private static void AssertReadsDamaged(StoredLog log)
    {
        using LoadWait wait = new();
        lock (log.Gate)
        {
            LogReader reader = log.OpenReader();
            if (log.Quarantine is not null)
            {
                Assert.Equal(ReadStatus.Damaged, reader.TryRead(log.StartOffset, out _));
                return;
            }

            Assert.Equal(ReadStatus.Cold, reader.TryRead(log.StartOffset, out _));
            reader.Load(log.StartOffset, wait);
        }

        wait.Wait();
        Assert.NotNull(log.Quarantine);
    }

    private static void AssertRefused(MemoryDisk image, StoreFault kind)
    {
        SortedDictionary<string, byte[]> before = image.Everything();
        StoreException refused = Assert.Throws<StoreException>(() => StoreRig.Open(image));
        Assert.Equal(kind, refused.Kind);
        Assert.Equal(before, image.Everything());
    }
}
