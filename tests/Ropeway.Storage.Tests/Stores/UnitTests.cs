using System.Buffers;

namespace Ropeway.Storage.Tests.Stores;

public sealed class UnitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Complete_ThenRestart_CountsWhole(bool isKill)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        using (AtomicUnit unit = rig.Store.BeginUnit())
        {
            StoreRig.Append(logs[0], 3, 100, unit: unit);
            StoreRig.Append(logs[1], 1, 20_000, unit: unit);
            StoreRig.Settle(logs[2], 2, 5, unit);
            StoreRig.Settle(logs[0], 0, 1, unit);
            rig.Commit(unit.Complete());
        }

        AssertCounted(logs);
        Reopen(rig, isKill);
        AssertCounted([.. logs.Select(log => rig.Log(log.Id))]);
        Reopen(rig, isKill);
        AssertCounted([.. logs.Select(log => rig.Log(log.Id))]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SettlingCount_UntilTheEnd_TellsWhatTheUnitTakes(bool isComplete)
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig)[0];
        long before = Counts().Unsettled;
        AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Settle(log, 0, 2, unit);
        StoreRig.Settle(log, 4, 5, unit);
        Assert.Equal((before, 3), Counts());
        if (isComplete)
        {
            unit.Complete();
        }

        unit.Dispose();
        Assert.Equal((isComplete ? before - 3 : before, 0), Counts());

        (long Unsettled, long Settling) Counts()
        {
            lock (log.Gate)
            {
                return (log.UnsettledCount, log.SettlingCount);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kill_BeforeTheEnd_CountsNothingAndTouchesNobodyElse(bool hasCheckpoint)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(logs[0], 3, 100, unit: unit);
        StoreRig.Append(logs[3], 2, 100); // Others, between the unit's batches and in the same log.
        StoreRig.Settle(logs[2], 2, 5, unit);
        StoreRig.Append(logs[0], 1, 100);
        rig.Commit(StoreRig.Settle(logs[2], 0, 1));
        if (hasCheckpoint)
        {
            rig.Store.Checkpoint();
            rig.Store.Checkpoint();
        }

        for (int restart = 0; restart < 3; restart++)
        {
            rig.ReopenAfterKill();
            Assert.Equal([.. Offsets(0, 10), 13], StoreRig.ReadAll(rig.Log(logs[0].Id)));
            Assert.Equal(Offsets(1, 10), StoreRig.ReadAll(rig.Log(logs[2].Id)));
            Assert.Equal(Offsets(0, 12), StoreRig.ReadAll(rig.Log(logs[3].Id)));
        }

        rig.Commit(StoreRig.Append(rig.Log(logs[0].Id), 1, 10));
        Assert.Equal([.. Offsets(0, 10), 13, 14], StoreRig.ReadAll(rig.Log(logs[0].Id)));
    }

    [Fact]
    public void Kill_BeforeTheEndWithNothingBehind_GivesNoOffsetTwice()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        AtomicUnit unit = rig.Store.BeginUnit();
        rig.Commit(StoreRig.Append(logs[0], 3, 100, unit: unit));
        rig.ReopenAfterKill();
        StoredLog log = rig.Log(logs[0].Id);
        Assert.Equal(13, log.EndOffset);
        Assert.Equal(Offsets(0, 10), StoreRig.ReadAll(log));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Dispose_WithoutComplete_TakesEverythingBack(bool hasCheckpointBefore, bool hasCheckpointAfter)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        using (AtomicUnit unit = rig.Store.BeginUnit())
        {
            StoreRig.Append(logs[0], 3, 100, unit: unit);
            StoreRig.Append(logs[1], 2, 100, persistent: false, unit: unit);
            StoreRig.Settle(logs[2], 2, 5, unit);
            rig.Commit(StoreRig.Append(logs[3], 1, 100));
            if (hasCheckpointBefore)
            {
                rig.Store.Checkpoint();
            }
        }

        if (hasCheckpointAfter)
        {
            rig.Store.Checkpoint();
        }

        for (int restart = 0; restart < 3; restart++)
        {
            Assert.All(logs.Take(3), log => Assert.Equal(Offsets(0, 10), StoreRig.ReadAll(rig.Log(log.Id))));
            Assert.Equal(13, rig.Log(logs[0].Id).EndOffset);
            Assert.Equal(0, rig.Store.GetStatistics().OpenUnitCount);
            rig.ReopenAfterKill();
        }
    }

    [Fact]
    public void Use_AfterTheEnd_IsRefused()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        AtomicUnit unit = rig.Store.BeginUnit();
        rig.Commit(unit.Complete());
        Assert.Throws<InvalidOperationException>(() => StoreRig.Append(logs[0], 1, 10, unit: unit));
        Assert.Throws<InvalidOperationException>(() => StoreRig.Settle(logs[0], 0, 1, unit));
        Assert.Throws<InvalidOperationException>(() => unit.Complete());
        unit.Dispose();
        Assert.Equal(Offsets(0, 10), StoreRig.ReadAll(logs[0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void OpenUnit_WhileTheJournalWrapsManyTimes_IsDecidedByItsEnd(int ending)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(logs[0], 3, 100, unit: unit);
        StoreRig.Settle(logs[2], 2, 5, unit);
        ReclaimTests.Backlog(rig, logs[3]);
        Assert.True(rig.Disk.Exists(Path.Combine(StoreRig.Directory, "journal-0")), "The unit's place was recycled.");
        bool isCounted = ending == 1;
        if (isCounted)
        {
            rig.Commit(unit.Complete());
        }
        else if (ending == 2)
        {
            unit.Dispose();
        }

        if (ending != 0)
        {
            Backlog(rig, logs[3]);
            string first = Path.Combine(StoreRig.Directory, "journal-0");
            Assert.True(SpinWait.SpinUntil(() => !rig.Disk.Exists(first), Deadline.Milliseconds), "The ended unit still holds the journal."); // Renamed by a thread of its own.
        }

        for (int restart = 0; restart < 2; restart++)
        {
            rig.ReopenAfterKill();
            Assert.Equal(isCounted ? Offsets(0, 13) : Offsets(0, 10), StoreRig.ReadAll(rig.Log(logs[0].Id)));
            Assert.Equal(isCounted ? [0, 1, .. Offsets(5, 10)] : Offsets(0, 10), StoreRig.ReadAll(rig.Log(logs[2].Id)));
        }
    }

    [Fact]
    public void OpenUnit_OfSettlementsOnly_KeepsTheJournalUntilTheyCount()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        ReclaimTests.Backlog(rig, logs[3]); // Moves what Prepare appended into segments, so that no record holds the journal.
        Pass(rig, logs[3]);
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Settle(logs[2], 2, 5, unit);
        Pass(rig, logs[3]);
        rig.Commit(unit.Complete());
        rig.ReopenAfterKill();
        Assert.Equal([0, 1, .. Offsets(5, 10)], StoreRig.ReadAll(rig.Log(logs[2].Id)));
    }

    [Fact]
    public void Complete_AfterOthersSettledItsRecords_LetsThemBeSettled()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(logs[0], 3, 100, unit: unit);
        StoreRig.Settle(logs[0], 11, 12);
        StoreRig.Settle(logs[2], 2, 5, unit);
        StoreRig.Settle(logs[2], 3, 4);
        rig.Commit(unit.Complete());
        rig.ReopenAfterKill();
        Assert.Equal([.. Offsets(0, 10), 10, 12], StoreRig.ReadAll(rig.Log(logs[0].Id)));
        Assert.Equal([0, 1, .. Offsets(5, 10)], StoreRig.ReadAll(rig.Log(logs[2].Id)));
    }

    [Fact]
    public void Complete_OfTransientWorkOnly_JournalsNothing()
    {
        using StoreRig rig = new();
        StoredLog durable = Prepare(rig)[0];
        StoredLog transient = rig.Store.CreateTransientLog();
        StoreRig.Append(durable, 5, 10, persistent: false);
        StoreRig.Append(transient, 5, 10);
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(durable, 2, 10, persistent: false, unit: unit);
        StoreRig.Append(transient, 2, 10, unit: unit);
        Assert.Equal(0u, StoreRig.Settle(durable, 10, 12, unit));
        Assert.Equal(0u, StoreRig.Settle(transient, 0, 5, unit));
        Assert.Equal(17, durable.UnsettledCount);
        Assert.Equal(0u, unit.Complete());
        Assert.Equal([.. Offsets(0, 10), .. Offsets(12, 17)], StoreRig.ReadAll(durable));
        Assert.Equal(Offsets(5, 7), StoreRig.ReadAll(transient));
    }

    [Fact]
    public void Complete_MixedWithTransient_SettlesBoth()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig)[0];
        StoredLog transient = rig.Store.CreateTransientLog();
        StoreRig.Append(transient, 3, 10);
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(transient, 1, 10, unit: unit);
        StoreRig.Settle(transient, 0, 3, unit);
        StoreRig.Settle(log, 0, 4, unit);
        rig.Commit(unit.Complete());
        Assert.Equal([3L], StoreRig.ReadAll(transient));
        rig.ReopenAfterKill();
        Assert.Equal(Offsets(4, 10), StoreRig.ReadAll(rig.Log(log.Id)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ExternalBody_LivesAndDiesWithItsUnit(bool isComplete)
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig)[0];
        ulong body = await rig.Store.WriteBodyAsync(new ReadOnlySequence<byte>(new byte[3000]), CancellationToken.None);
        AtomicUnit unit = rig.Store.BeginUnit();
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppendExternal(20, persistent: true, tag: 0, body, unit);
            StoreRig.Fill(space.Add(20), log.Id, space.FirstOffset);
            space.Complete();
        }

        rig.Store.ReleaseBody(body);
        rig.Commit(isComplete ? unit.Complete() : StoreRig.Append(log, 1, 10));
        rig.ReopenAfterKill();
        log = rig.Log(log.Id);
        Assert.Equal(isComplete ? Offsets(0, 11) : [.. Offsets(0, 10), 11], StoreRig.ReadAll(log));
        for (int i = 0; i < 3; i++)
        {
            rig.Store.Checkpoint();
        }

        Assert.Equal(isComplete, rig.Disk.BytesOf("body-") > 0);
    }

    [Fact]
    public void Append_ToADeletedLog_ThrowsAndTheRestCanBeDropped()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(logs[0], 3, 100, unit: unit);
        StoreRig.Append(logs[1], 3, 100, unit: unit);
        MetadataBatch batch = new();
        batch.DeleteLog(logs[1].Id);
        rig.Commit(rig.Store.Metadata.Apply(batch));
        Assert.Throws<InvalidOperationException>(() => StoreRig.Append(logs[1], 1, 10, unit: unit));
        unit.Dispose();
        Assert.Equal(Offsets(0, 10), StoreRig.ReadAll(logs[0]));
        rig.ReopenAfterKill();
        Assert.Equal(Offsets(0, 10), StoreRig.ReadAll(rig.Log(logs[0].Id)));
    }

    [Fact]
    public void Complete_WithALogDeletedMeanwhile_CountsForTheOthers()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(logs[0], 3, 100, unit: unit);
        StoreRig.Settle(logs[1], 0, 3, unit);
        MetadataBatch batch = new();
        batch.DeleteLog(logs[1].Id);
        rig.Store.Metadata.Apply(batch);
        rig.Commit(unit.Complete());
        rig.ReopenAfterKill();
        Assert.Equal(Offsets(0, 13), StoreRig.ReadAll(rig.Log(logs[0].Id)));
        Assert.False(rig.Store.TryGetLog(logs[1].Id, out _));
    }

    [Fact]
    public void Unit_WhileTheJournalIsFullAndTheMoverStuck_GoesOnToItsEnd()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Prepare(rig);
        using ManualResetEventSlim released = new();
        rig.Disk.BeforeWrite = path => CongestionTests.WaitFor(path, released);
        using AtomicUnit unit = rig.Store.BeginUnit();
        int count = 0;
        while (rig.Store.CongestionReason is null || count % 1000 != 0)
        {
            rig.Commit(StoreRig.Append(logs[0], 10, 100, unit: unit));
            count += 10;
        }

        rig.Commit(StoreRig.Append(logs[0], 10, 100, unit: unit));
        StoreRig.Settle(logs[2], 0, 10, unit);
        rig.Commit(unit.Complete());
        using CommitGate room = new();
        bool isWaiting = rig.Store.OnRoom(room);
        released.Set();
        if (isWaiting)
        {
            room.Wait();
        }

        rig.ReopenAfterKill();
        Assert.Equal(Offsets(0, count + 20), StoreRig.ReadAll(rig.Log(logs[0].Id)));
        Assert.Empty(StoreRig.ReadAll(rig.Log(logs[2].Id)));
    }

    [Fact]
    public void Journal_OfABatchOutsideAnyUnit_HasNotGrown()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        List<int> bytes = [];
        StoreRig.Append(log, 1, 16);
        rig.Commit(StoreRig.Settle(log, 0, 1));
        rig.Store.ShardLog.ReadFrom(1, new BatchSizes(bytes));
        Assert.Equal([24, 16], bytes.TakeLast(2));
    }

    /// <summary>Five logs with ten records each, committed.</summary>
    private static List<StoredLog> Prepare(StoreRig rig)
    {
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 5);
        logs.ForEach(log => rig.Commit(StoreRig.Append(log, 10, 50)));
        return logs;
    }

    private static void Backlog(StoreRig rig, StoredLog log)
    {
        for (int i = 0; i < 10; i++)
        {
            rig.Commit(StoreRig.Append(log, 20, 500));
            rig.Store.Checkpoint();
        }
    }

    /// <summary>Traffic that leaves nothing behind, over several journal files.</summary>
    private static void Pass(StoreRig rig, StoredLog log)
    {
        for (int i = 0; i < 60; i++)
        {
            StoreRig.Append(log, 20, 1000);
            rig.Commit(StoreRig.Settle(log, 0, log.EndOffset));
            if (i % 10 == 0)
            {
                rig.Store.Checkpoint();
            }
        }
    }

    private static void AssertCounted(List<StoredLog> logs)
    {
        Assert.Equal(Offsets(1, 13), StoreRig.ReadAll(logs[0]));
        Assert.Equal(Offsets(0, 11), StoreRig.ReadAll(logs[1]));
        Assert.Equal([0, 1, .. Offsets(5, 10)], StoreRig.ReadAll(logs[2]));
    }

    private static void Reopen(StoreRig rig, bool isKill)
    {
        if (isKill)
        {
            rig.ReopenAfterKill();
        }
        else
        {
            rig.ReopenCleanly();
        }
    }

    private static List<long> Offsets(int start, int end) => [.. Enumerable.Range(start, end - start).Select(offset => (long)offset)];

    /// <summary>Notes the payload length of each batch that a reader of the shard's log sees.</summary>
    private sealed class BatchSizes(List<int> bytes) : IShardReader
    {
        public bool OnBatch(in ShardBatch batch)
        {
            bytes.Add(batch.Payload.Length);
            return true;
        }
    }
}
