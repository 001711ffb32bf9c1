using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Disk;

namespace Ropeway.Storage.Tests.Journaling;

public sealed class JournalCommitTests
{
    [Fact]
    public void Commit_WhileTheSyncRuns_ReleasesNobody()
    {
        using var rig = new JournalRig();
        var waiter = new RecordingWaiter();
        ulong index = rig.Append("message").Index;
        Assert.True(rig.Journal.OnCommitted(index, waiter));
        int callsDuringSync = -1;
        ulong committedDuringSync = 0;
        rig.Disk.BeforeSync = _ => (callsDuringSync, committedDuringSync) = (waiter.CallCount, rig.Journal.CommittedIndex);

        rig.Journal.RunCommit();

        Assert.Equal(0, callsDuringSync);
        Assert.True(committedDuringSync < index);
        Assert.Equal(1, waiter.CallCount);
        Assert.True(rig.Journal.CommittedIndex >= index);
        Assert.False(rig.Journal.OnCommitted(index, waiter));
    }

    [Fact]
    public void Commit_ManyAppends_CostOneSync()
    {
        using var rig = new JournalRig();
        int before = rig.Disk.SyncCount;
        for (int i = 0; i < 20; i++)
        {
            rig.Append($"message {i}");
        }

        Assert.True(rig.Journal.RunCommit());
        Assert.False(rig.Journal.RunCommit());

        Assert.Equal(before + 1, rig.Disk.SyncCount);
    }

    [Fact]
    public void Commit_AnyFailingSync_ReleasesNobodyAfterwardsAndFailsOnce()
    {
        for (int failing = 1; failing <= 12; failing++)
        {
            using var rig = new JournalRig();
            rig.Disk.FailingSync = rig.Disk.SyncCount + failing;
            var released = new List<(RecordingWaiter Waiter, string Text)>();
            for (int i = 0; i < 12; i++)
            {
                try
                {
                    ulong index = rig.Append($"message {i}").Index;
                    var waiter = new RecordingWaiter();
                    released.Add((waiter, $"message {i}"));
                    Assert.True(rig.Journal.OnCommitted(index, waiter));
                }
                catch (StoreFailedException exception)
                {
                    Assert.Same(Assert.Single(rig.Failures), exception.InnerException);
                }

                rig.Journal.RunCommit();
            }

            Assert.Equal(Enumerable.Range(1, released.Count).Select(number => number < failing ? 1 : 0), released.Select(entry => entry.Waiter.CallCount));
            Assert.Equal(failing, released.Count);
            Assert.Contains("error 5", Assert.Single(rig.Failures).Message, StringComparison.Ordinal);
            Assert.Same(rig.Failures[0], rig.Journal.Failure);
            Assert.NotNull(rig.Journal.CongestionReason);
            Assert.Throws<StoreFailedException>(() => rig.Append("too late"));

            RecordingVisitor found = JournalRig.Recover(rig.Disk.AfterPowerCut((_, _) => 0), out _);
            Assert.Equal(released.Where(entry => entry.Waiter.CallCount == 1).Select(entry => entry.Text), found.Texts);
        }
    }

    [Fact]
    public void Commit_UnfilledReservation_HoldsItsGroupBack()
    {
        using var rig = new JournalRig();
        TailReservation slow = rig.Journal.Reserve(new BatchRequest { Type = BatchType.Messages, PayloadBytes = 4 });
        var waiter = new RecordingWaiter();
        Assert.True(rig.Journal.OnCommitted(rig.Append("quick").Index, waiter));
        var committer = new Thread(() => rig.Journal.RunCommit());
        committer.Start();
        Assert.True(SpinWait.SpinUntil(() => committer.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !committer.IsAlive, Deadline.Milliseconds));
        Assert.True(committer.IsAlive);
        Assert.Equal(0, waiter.CallCount);

        "slow"u8.CopyTo(slow.Payload);
        rig.Journal.Filled(slow);
        committer.Join();

        Assert.Equal(1, waiter.CallCount);
        Assert.Equal(["slow", "quick"], JournalRig.Recover(rig.Disk, out _).Texts);
    }

    [Fact]
    public void Append_ByManyThreads_IndexOrderIsPositionOrderAndNothingIsLost()
    {
        const int ThreadCount = 4;
        const int AppendCount = 500;
        using var rig = new JournalRig(configure: options => options with { OwnThreads = true, Files = 64 });
        var waiters = new RecordingWaiter[ThreadCount];
        var threads = new Thread[ThreadCount];
        for (int t = 0; t < ThreadCount; t++)
        {
            int id = t;
            waiters[t] = new RecordingWaiter();
            threads[t] = new Thread(() =>
            {
                ulong last = 0;
                for (int i = 0; i < AppendCount; i++)
                {
                    last = rig.Append($"{id}:{i}", logId: (ulong)id, firstOffset: i).Index;
                }

                if (!rig.Journal.OnCommitted(last, waiters[id]))
                {
                    waiters[id].OnCommitted(last);
                }
            });
            threads[t].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        Array.ForEach(waiters, waiter => waiter.Wait());
        rig.Journal.Stop();
        RecordingVisitor found = JournalRig.Recover(rig.Disk.AfterPowerCut((_, _) => 0), out _);

        Assert.Empty(rig.Failures);
        Assert.Equal(ThreadCount * AppendCount, found.Batches.Count);
        for (int i = 1; i < found.Batches.Count; i++)
        {
            Assert.True(found.Batches[i].Header.Index > found.Batches[i - 1].Header.Index);
            Assert.True(found.Batches[i].Position > found.Batches[i - 1].Position);
        }

        for (int id = 0; id < ThreadCount; id++)
        {
            Assert.Equal(Enumerable.Range(0, AppendCount).Select(i => (long)i), found.Batches.Where(batch => batch.Header.LogId == (ulong)id).Select(batch => batch.Header.FirstOffset));
        }
    }

    [Fact]
    public void Mark_WhenIdle_IsWrittenOnceAndWaitsForNobody()
    {
        using var rig = new JournalRig();
        rig.Commit("message");
        rig.Journal.RunMark();
        long marked = rig.Journal.DurablePosition;
        rig.Journal.RunMark();

        Assert.Equal(marked, rig.Journal.DurablePosition);
        JournalRig.Recover(rig.Disk, out JournalScanResult result);
        Assert.True(result.SyncedPosition > 0);
        Assert.Equal(marked, result.EndPosition);
    }

    [Fact]
    public void Mark_ByTheCommitThread_FollowsTheLastGroup()
    {
        using var rig = new JournalRig(configure: options => options with { OwnThreads = true });

        TailReservation message = rig.Append("message");

        Assert.True(SpinWait.SpinUntil(() => SyncedPosition() > message.Position, Deadline.Milliseconds)); // Nobody appends: only a mark says so.

        long SyncedPosition()
        {
            JournalRig.Recover(rig.Disk.AfterPowerCut((_, _) => 0), out JournalScanResult result);
            return result.SyncedPosition;
        }
    }

    [Fact]
    public void ReadFrom_AfterEvictionAndWraparound_GivesCommittedBatchesOrTooOld()
    {
        using var rig = new JournalRig(configure: options => options with { BudgetBytes = 2 * JournalRig.BlockBytes });
        var indexes = new List<ulong>();
        while (rig.Journal.LiveFileCount < 4)
        {
            indexes.Add(rig.Commit($"message {indexes.Count}").Index);
            rig.Journal.RunFileWork();
        }

        Assert.True(rig.Journal.MemoryBytes <= 3 * JournalRig.BlockBytes);
        ulong uncommitted = rig.Append("not yet").Index;
        for (int from = 0; from < indexes.Count; from += 17)
        {
            var reader = new RecordingReader();
            Assert.Equal(ShardReadStatus.Complete, rig.Journal.ReadFrom(indexes[from], reader));
            Assert.Equal(Enumerable.Range(from, indexes.Count - from).Select(i => $"message {i}"), reader.Texts);
            Assert.Equal(indexes.Skip(from), reader.Indexes);
        }

        var nothing = new RecordingReader();
        Assert.Equal(ShardReadStatus.Complete, rig.Journal.ReadFrom(uncommitted, nothing));
        Assert.Empty(nothing.Texts);
        var one = new RecordingReader(countMax: 1);
        Assert.Equal(ShardReadStatus.Complete, rig.Journal.ReadFrom(indexes[5], one));
        Assert.Equal(["message 5"], one.Texts);

        rig.Journal.Recycle(2 * JournalRig.FileBytes);
        Assert.Equal(ShardReadStatus.TooOld, rig.Journal.ReadFrom(indexes[0], one));
        Assert.Equal(ShardReadStatus.Complete, rig.Journal.ReadFrom(indexes[^1], one));
    }

    [Fact]
    public void ReadFrom_DamagedBatchInAFile_SaysDamaged()
    {
        using var rig = new JournalRig(configure: options => options with { BudgetBytes = JournalRig.BlockBytes });
        TailReservation first = rig.Commit("message");
        while (rig.Journal.StartPosition <= first.Position)
        {
            rig.Commit("more");
            rig.Journal.RunFileWork();
        }

        rig.Disk.Content(JournalRig.FilePath(0))[first.Position + 50] ^= 1;

        Assert.Equal(ShardReadStatus.Damaged, rig.Journal.ReadFrom(1, new RecordingReader()));
    }

    [Fact]
    public void Seal_HigherEpoch_RefusesAppends()
    {
        using var rig = new JournalRig();
        IShardLog log = rig.Journal;
        var batch = new ShardBatch { Type = BatchType.Messages, Epoch = 1, Payload = "ab"u8 };
        Assert.True(log.Append(batch) > 0);
        log.Seal(2);

        Assert.Equal(StoreFault.Sealed, Assert.Throws<StoreException>(() => log.Append(new ShardBatch { Type = BatchType.Messages, Epoch = 1 })).Kind);
        Assert.Equal(StoreFault.Sealed, Assert.Throws<StoreException>(() => rig.Append("old leader")).Kind);
        Assert.True(rig.Journal.RunCommit());
    }
}
