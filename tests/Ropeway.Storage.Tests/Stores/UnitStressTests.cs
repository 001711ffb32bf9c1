namespace Ropeway.Storage.Tests.Stores;

/// <summary>Large units and many units at once, with images of the disk taken meanwhile.</summary>
public sealed class UnitStressTests
{
    private const int LogCount = 6;
    private const int StartCount = 40;

    [Fact]
    public void Unit_Of100000RecordsOverManyGroupsAndFiles_CountsWholeOrNotAtAll()
    {
        const int Count = 100_000;
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, LogCount + 1);
        rig.Commit(StoreRig.Append(logs[LogCount], 100, 10));
        List<MemoryDisk> images = [];
        SeededRandom random = new(7);
        long endIndex = long.MaxValue;
        List<bool> mustCount = [];
        rig.Disk.BeforeSync = _ =>
        {
            lock (images)
            {
                if (images.Count < 30 && random.Chance(10))
                {
                    mustCount.Add((long)rig.Store.CommittedIndex >= Volatile.Read(ref endIndex));
                    images.Add(rig.Disk.AfterPowerCut(bytes => random.Next((bytes / 512) + 1) * 512));
                }
            }
        };
        using (AtomicUnit unit = rig.Store.BeginUnit())
        {
            StoreRig.Settle(logs[LogCount], 0, 100, unit);
            for (int i = 0; i < Count; i++)
            {
                ulong index = StoreRig.Append(logs[i % LogCount], 1, 8, unit: unit);
                rig.Commit(i % 2000 == 0 ? index : 0);
            }

            ulong end = unit.Complete();
            Volatile.Write(ref endIndex, (long)end);
            rig.Commit(end);
        }

        rig.Store.Checkpoint();
        rig.Commit(StoreRig.Append(logs[0], 1, 8));
        lock (images)
        {
            rig.Disk.BeforeSync = null;
            mustCount.Add(true);
            images.Add(rig.Disk.Copy());
        }

        rig.Dispose(); // No thread of the store takes images any more.
        HashSet<bool> seen = [];
        foreach ((MemoryDisk image, bool isPromised) in images.Zip(mustCount))
        {
            using Store store = StoreRig.Open(image);
            bool isCounted = store.Logs.Single(log => log.Id == logs[LogCount].Id).UnsettledCount == 0;
            Assert.True(isCounted || !isPromised, "The unit is lost.");
            long records = store.Logs.Where(log => log.Id != logs[LogCount].Id).Sum(log => log.UnsettledCount);
            Assert.InRange(records, isCounted ? Count : 0, isCounted ? Count + 1 : 0);
            seen.Add(isCounted);
        }

        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void ManyThreads_MovingRecordsBetweenLogs_NeitherLoseNorDoubleOne()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, LogCount);
        logs.ForEach(log => rig.Commit(StoreRig.Append(log, StartCount, 30)));
        List<Queue<long>> ready = [.. logs.Select(_ => new Queue<long>(Enumerable.Range(0, StartCount).Select(offset => (long)offset)))];
        List<MemoryDisk> images = [];
        SeededRandom random = new(11);
        rig.Disk.BeforeSync = _ =>
        {
            lock (images)
            {
                if (images.Count < 40 && random.Chance(30))
                {
                    images.Add(rig.Disk.AfterPowerCut(bytes => random.Next((bytes / 512) + 1) * 512));
                }
            }
        };
        List<Thread> movers = [.. Enumerable.Range(0, 4).Select(i => new Thread(() => MoveRecords(rig, logs, ready, new SeededRandom((ulong)i + 100))))];
        movers.ForEach(mover => mover.Start());
        for (int i = 0; i < 30; i++)
        {
            rig.Store.Checkpoint();
        }

        movers.ForEach(mover => Assert.True(mover.Join(Deadline.Milliseconds)));
        rig.Disk.BeforeSync = null;
        Assert.Equal(LogCount * StartCount, logs.Sum(log => StoreRig.ReadAll(log).Count));
        Assert.Equal(0, rig.Store.GetStatistics().OpenUnitCount);
        rig.Dispose(); // No thread of the store takes images any more.
        Assert.True(images.Count > 10, $"Only {images.Count} images were taken.");
        foreach (MemoryDisk image in images)
        {
            using Store store = StoreRig.Open(image);
            Assert.Equal(LogCount * StartCount, store.Logs.Sum(log => StoreRig.ReadAll(log).Count));
        }
    }

    /// <summary>Takes ready records from log to log, again and again; gives some of the units up half done.</summary>
    private static void MoveRecords(StoreRig rig, List<StoredLog> logs, List<Queue<long>> ready, SeededRandom random)
    {
        for (int i = 0; i < 600; i++)
        {
            int source = random.Next(LogCount);
            int target = random.Next(LogCount);
            long taken;
            lock (ready[source])
            {
                if (!ready[source].TryDequeue(out taken))
                {
                    continue;
                }
            }

            using AtomicUnit unit = rig.Store.BeginUnit();
            long appended = AppendOne(logs[target], random.Next(2000), unit);
            bool isGivenUp = random.Chance(20);
            if (!isGivenUp)
            {
                StoreRig.Settle(logs[source], taken, taken + 1, unit);
                ulong index = unit.Complete();
                rig.Commit(random.Chance(20) ? index : 0);
            }

            Queue<long> next = ready[isGivenUp ? source : target];
            lock (next)
            {
                next.Enqueue(isGivenUp ? taken : appended);
            }
        }
    }

    private static long AppendOne(StoredLog log, int bytes, AtomicUnit unit)
    {
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppend(1, bytes, persistent: true, tag: 0, unit);
            StoreRig.Fill(space.Add(bytes), log.Id, space.FirstOffset);
            space.Complete();
            return space.FirstOffset;
        }
    }
}
