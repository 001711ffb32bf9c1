namespace Ropeway.Storage.Tests.Stores;

public sealed class CongestionTests
{
    [Fact]
    public void Settlements_WhileTheMoverIsStuck_AreCommittedBeyondTheFileBound()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        using ManualResetEventSlim released = new();
        rig.Disk.BeforeWrite = path => WaitFor(path, released);
        ulong index = 0;
        while (rig.Store.CongestionReason is null)
        {
            index = StoreRig.Append(log, 10, 100);
            rig.Commit(index);
        }

        for (int i = 0; i < 12_000; i++) // Three times what the reserved file holds.
        {
            StoreRig.Append(log, 1, 10, persistent: false);
            index = Math.Max(index, StoreRig.Settle(log, i, i + 1));
        }

        rig.Commit(index);
        using CommitGate room = new();
        bool isWaiting = rig.Store.OnRoom(room);
        released.Set();
        if (isWaiting)
        {
            room.Wait();
        }

        rig.Disk.BeforeWrite = null;
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.Null(rig.Store.CongestionReason);
        rig.ReopenAfterKill();
        Assert.True(rig.Log(log.Id).StartOffset >= 12_000);
    }

    [Fact]
    public void DiskFull_WithEverythingSettled_HealsWhenTheMoverEmptiesTheJournal()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        rig.Disk.BeforeWrite = RefuseLargeFiles;
        while (rig.Store.CongestionReason is null)
        {
            rig.Commit(StoreRig.Append(log, 10, 1000));
        }

        rig.Commit(StoreRig.Settle(log, 0, log.EndOffset));
        using CommitGate room = new();
        if (rig.Store.OnRoom(room))
        {
            room.Wait(); // Nobody gives the disk space back: the store finds it in its own files.
        }

        rig.Commit(StoreRig.Append(log, 10, 1000));
    }

    [Fact]
    public void TransientMemory_FarBeyondItsBudget_CongestsUntilItHasSpilled()
    {
        using StoreRig rig = new();
        StoredLog log = rig.Store.CreateTransientLog();
        using ManualResetEventSlim released = new();
        rig.Disk.BeforeWrite = path => WaitFor(path, released);
        while (rig.Store.CongestionReason is null)
        {
            StoreRig.Append(log, 10, 1000, persistent: false);
        }

        using CommitGate room = new();
        Assert.True(rig.Store.OnRoom(room));
        released.Set();
        room.Wait();
        Assert.Null(rig.Store.CongestionReason);
        Assert.Equal(log.EndOffset, StoreRig.ReadAll(log).Count);
    }

    internal static void WaitFor(string path, ManualResetEventSlim released)
    {
        string name = Path.GetFileName(path);
        if (name.StartsWith("segment-", StringComparison.Ordinal) || name.StartsWith("spill-", StringComparison.Ordinal) || name.StartsWith("checkpoint-", StringComparison.Ordinal))
        {
            Assert.True(released.Wait(Deadline.Milliseconds));
        }
    }

    private static void RefuseLargeFiles(string path)
    {
        if (path.EndsWith(".new", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("segment-", StringComparison.Ordinal))
        {
            throw new IOException($"'{path}' failed: no space left.", Ropeway.Storage.Disk.Errno.NoSpace);
        }
    }
}
