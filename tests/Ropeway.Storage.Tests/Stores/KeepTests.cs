namespace Ropeway.Storage.Tests.Stores;

public sealed class KeepTests
{
    [Fact]
    public void Keep_OfUnsettledMessages_TakesThemOutAndReviveBringsThemBack()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoreRig.Settle(log, 2, 3);
        StoreRig.Keep(log, 0, 5);
        Assert.Equal([0, 1, 3, 4], StoreRig.KeptIn(log));
        Assert.Equal([5, 6, 7, 8, 9], StoreRig.ReadAll(log));
        Assert.Equal(5, log.StartOffset);
        Assert.Equal([new(5, 10)], log.UnsettledRanges().Select(run => run.Range));
        StoreRig.Revive(log, 1, 4);
        Assert.Equal([0, 4], StoreRig.KeptIn(log));
        Assert.Equal([1, 3, 5, 6, 7, 8, 9], StoreRig.ReadAll(log));
        Assert.Equal(1, log.StartOffset);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public void Keep_AfterRestart_IsWhatItWas(int checkpointCount, bool isClean)
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoreRig.Keep(log, 0, 6);
        StoreRig.Revive(log, 1, 3);
        StoreRig.Keep(log, 2, 3);
        rig.Commit(StoreRig.Settle(log, 4, 5));
        for (int i = 0; i < checkpointCount; i++)
        {
            rig.Store.Checkpoint();
        }

        for (int restart = 0; restart < 3; restart++)
        {
            Assert.Equal([0, 2, 3, 5], StoreRig.KeptIn(rig.Log(log.Id)));
            Assert.Equal([1, 6, 7, 8, 9], StoreRig.ReadAll(rig.Log(log.Id)));
            if (isClean)
            {
                rig.ReopenCleanly();
            }
            else
            {
                rig.ReopenAfterKill();
            }
        }
    }

    [Fact]
    public void Keep_OfWhatIsNotUnsettled_IsIgnoredAlsoLater()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        rig.Commit(StoreRig.Settle(log, 0, 2));
        Assert.Equal(0u, StoreRig.Keep(log, 0, 2));
        Assert.Equal(0u, StoreRig.Keep(log, 10, 20));
        Assert.Equal(0u, StoreRig.Revive(log, 0, 20));
        rig.Commit(StoreRig.Keep(log, 8, 20));
        rig.Commit(StoreRig.Append(log, 5, 10));
        rig.ReopenAfterKill();
        Assert.Equal([8, 9], StoreRig.KeptIn(rig.Log(log.Id)));
        Assert.Equal([2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14], StoreRig.ReadAll(rig.Log(log.Id)));
    }

    [Fact]
    public void Keep_OfMarkedMessages_RemovesTheirMarks()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoreRig.Mark(log, null, new(1, 5), new(7, 6));
        StoreRig.Keep(log, 0, 5);
        StoreRig.Mark(log, null, new OffsetMark(2, 9));
        rig.Commit(StoreRig.Revive(log, 0, 2));
        for (int restart = 0; restart < 2; restart++)
        {
            Assert.Equal([new(7, 6)], rig.Log(log.Id).Marks);
            rig.ReopenAfterKill();
        }
    }

    [Fact]
    public void Keep_OfTransientMessages_LastsUntilTheRestart()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoredLog transient = rig.Store.CreateTransientLog();
        StoreRig.Append(log, 2, 10, persistent: false);
        StoreRig.Append(transient, 4, 10);
        Assert.Equal(0u, StoreRig.Keep(log, 10, 12));
        Assert.Equal(0u, StoreRig.Keep(transient, 1, 3));
        Assert.Equal(0u, StoreRig.Revive(transient, 2, 3));
        rig.Commit(StoreRig.Keep(log, 9, 12));
        Assert.Equal([9, 10, 11], StoreRig.KeptIn(log));
        Assert.Equal([1], StoreRig.KeptIn(transient));
        Assert.Equal([0, 2, 3], StoreRig.ReadAll(transient));
        rig.Store.Checkpoint();
        rig.ReopenAfterKill();
        Assert.Equal([9], StoreRig.KeptIn(rig.Log(log.Id)));
    }

    [Fact]
    public void Keep_OfAWholeBacklog_SurvivesJournalWrapsAndRewriting()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        ReclaimTests.Backlog(rig, log);
        rig.Commit(StoreRig.Keep(log, 0, 4000));
        StoreRig.Settle(log, 10, 3000); // Most of what the files hold: they are rewritten.
        StoredLog other = rig.CreateLog();
        ReclaimTests.Backlog(rig, other);
        rig.Commit(StoreRig.Settle(other, 0, 4000));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        List<long> kept = [.. Enumerable.Range(0, 4000).Where(offset => offset is < 10 or >= 3000).Select(offset => (long)offset)];
        rig.ReopenAfterKill();
        Assert.Equal(kept, StoreRig.KeptIn(rig.Log(log.Id)));
        Assert.Empty(StoreRig.ReadAll(rig.Log(log.Id)));
        rig.Commit(StoreRig.Revive(rig.Log(log.Id), 0, 4000));
        Assert.Equal(kept, StoreRig.ReadAll(rig.Log(log.Id)));
    }

    [Fact]
    public void Settle_OfKeptMessages_GivesTheirSpaceBack()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        ReclaimTests.Backlog(rig, log);
        StoreRig.Keep(log, 0, 4000);
        rig.Commit(StoreRig.Settle(log, 0, 4000));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.Equal(0, rig.Store.GetStatistics().SegmentCount);
        Assert.Equal(0, log.KeptCount);
        Assert.Null(log.Index.Kept);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Keep_InAUnit_CountsWithIt(int ending)
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(log, 2, 10, unit: unit); // 10 and 11
        StoreRig.Keep(log, 0, 2, unit);
        StoreRig.Keep(log, 11, 12, unit);
        StoreRig.Settle(log, 3, 4, unit);
        rig.Store.Checkpoint();
        Assert.Equal(0, log.KeptCount);
        Assert.Equal(4, log.SettlingCount);
        if (ending == 1)
        {
            rig.Commit(unit.Complete());
            Assert.Equal([0, 1, 11], StoreRig.KeptIn(log));
            Assert.Equal(0, log.SettlingCount);
        }
        else if (ending == 2)
        {
            unit.Dispose();
            Assert.Equal(0, log.KeptCount);
            Assert.Equal(10, log.UnsettledCount);
        }

        rig.Commit(StoreRig.Append(log, 1, 10)); // 12
        for (int restart = 0; restart < 2; restart++)
        {
            rig.ReopenAfterKill();
            Assert.Equal(ending == 1 ? [0, 1, 11] : [], StoreRig.KeptIn(rig.Log(log.Id)));
            Assert.Equal(ending == 1 ? [2, 4, 5, 6, 7, 8, 9, 10, 12] : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12], StoreRig.ReadAll(rig.Log(log.Id)));
        }
    }

    [Theory]
    [InlineData((int)BatchType.Keep)]
    [InlineData((int)BatchType.Revive)]
    public void Open_DamagedRanges_QuarantinesTheirLog(int damaged)
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoredLog other = rig.CreateLog();
        rig.Commit(StoreRig.Keep(log, 0, 5));
        rig.Commit(StoreRig.Revive(log, 0, 1));
        rig.Commit(StoreRig.Append(other, 1, 10));
        rig.ReopenOn(JournalDamageTests.Damage(rig, header => header.Type == (BatchType)damaged));
        Assert.Contains(((BatchType)damaged).ToString(), rig.Log(log.Id).Quarantine, StringComparison.Ordinal);
        Assert.Null(rig.Log(other.Id).Quarantine);
    }

    /// <summary>A log with ten records, committed.</summary>
    private static StoredLog Prepare(StoreRig rig)
    {
        StoredLog log = rig.CreateLog();
        rig.Commit(StoreRig.Append(log, 10, 50));
        return log;
    }
}
