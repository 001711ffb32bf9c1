namespace Ropeway.Storage.Tests.Stores;

public sealed class StoreTests
{
    [Fact]
    public void Append_ThenRead_GivesTheSameBytes()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoreRig.Append(log, 10, 100);
        rig.Commit(StoreRig.Append(log, 1, 5000));
        Assert.Equal(Enumerable.Range(0, 11).Select(o => (long)o), StoreRig.ReadAll(log));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reopen_WithSettledAndUnsettled_KeepsExactlyTheUnsettled(bool isKill)
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        for (int i = 0; i < 100; i++)
        {
            StoreRig.Append(log, 7, 300);
        }

        StoreRig.Settle(log, 0, 100);
        StoreRig.Settle(log, 200, 201);
        rig.Commit(StoreRig.Settle(log, 300, 650));
        List<long> before = StoreRig.ReadAll(log);
        if (isKill)
        {
            rig.ReopenAfterKill();
        }
        else
        {
            rig.ReopenCleanly();
        }

        log = rig.Log(log.Id);
        Assert.Equal(before, StoreRig.ReadAll(log));
        Assert.Equal(100, log.StartOffset);
        Assert.Equal(700, log.EndOffset);
    }

    [Fact]
    public void Mover_BacklogLargerThanTheJournal_KeepsEveryRecord()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        ulong index = 0;
        for (int i = 0; i < 400; i++)
        {
            index = StoreRig.Append(log, 20, 500);
            if (i % 50 == 49)
            {
                rig.Commit(index);
                rig.Store.Checkpoint();
            }
        }

        Assert.True(rig.Store.GetStatistics().SegmentCount > 0);
        Assert.Equal(8000, StoreRig.ReadAll(log).Count);
        rig.ReopenAfterKill();
        Assert.Equal(8000, StoreRig.ReadAll(rig.Log(log.Id)).Count);
    }
}
