using Ropeway.Tests;

namespace Ropeway.Storage.Tests.Stores;

public sealed class LogTests
{
    [Fact]
    public void Horizon_AfterKill_IsRecoveredAndOffsetsBelowAreNotGivenAgain()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoreRig.Append(log, 10, 10);
        lock (log.Gate)
        {
            ulong index = log.AdvanceHorizon(1024);
            Assert.NotEqual(0u, index);
            Assert.Equal(1024, log.PendingHorizon);
            rig.Commit(index);
            Assert.Equal(1024, log.DurableHorizon);
            Assert.Equal(0u, log.AdvanceHorizon(1000));
        }

        rig.ReopenAfterKill();
        log = rig.Log(log.Id);
        Assert.Equal(1024, log.RecoveredHorizon);
        Assert.Equal(1024, log.EndOffset);
        Assert.Equal(10, log.UnsettledCount);
        rig.Commit(StoreRig.Append(log, 1, 10));
        Assert.Equal([.. Enumerable.Range(0, 10).Select(o => (long)o), 1024L], StoreRig.ReadAll(log));
    }

    [Fact]
    public void SetHorizonExactly_AtACleanStop_LowersItWithoutGivingOffsetsAgain()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        rig.Commit(StoreRig.Append(log, 10, 10));
        lock (log.Gate)
        {
            log.AdvanceHorizon(1024);
            log.SetHorizonExactly(5);
        }

        rig.ReopenCleanly();
        log = rig.Log(log.Id);
        Assert.Equal(5, log.RecoveredHorizon);
        Assert.Equal(10, log.EndOffset);
    }

    [Fact]
    public void TransientMessages_AfterRestart_AreGaps()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoreRig.Append(log, 3, 10);
        Assert.Equal(0u, StoreRig.Append(log, 4, 10, persistent: false));
        rig.Commit(StoreRig.Append(log, 3, 10));
        StoreRig.Append(log, 5, 10, persistent: false);
        Assert.Equal(15, StoreRig.ReadAll(log).Count);
        rig.ReopenAfterKill();
        log = rig.Log(log.Id);
        Assert.Equal([0, 1, 2, 7, 8, 9], StoreRig.ReadAll(log));
        Assert.Equal(6, log.UnsettledCount);
        lock (log.Gate)
        {
            using LogReader reader = log.OpenReader();
            Assert.Equal(ReadStatus.Gone, reader.TryRead(4, out _));
        }
    }

    [Fact]
    public void Read_BackwardsOverARestart_FindsWhatIsNotInMemory()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        rig.Commit(StoreRig.Append(log, 3, 10));
        rig.ReopenAfterKill();
        log = rig.Log(log.Id);
        StoreRig.Append(log, 1, 10);
        using LoadWait wait = new();
        using LogReader reader = log.OpenReader();
        lock (log.Gate)
        {
            Assert.Equal(ReadStatus.Found, reader.TryRead(3, out _)); // In memory, in the block that begins in the middle of what was there before.
            Assert.Equal(ReadStatus.Cold, reader.TryRead(1, out _));
            reader.Load(1, wait);
        }

        wait.Wait();
        lock (log.Gate)
        {
            Assert.Equal(ReadStatus.Found, reader.TryRead(1, out RecordView record));
            StoreRig.Check(log, 1, record.Payload);
            Assert.Equal(ReadStatus.Found, reader.TryRead(3, out record));
            StoreRig.Check(log, 3, record.Payload);
        }
    }

    [Fact]
    public void Settle_OfTransientAndUnknownOffsets_IsNotJournalled()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoreRig.Append(log, 4, 10, persistent: false);
        Assert.Equal(0u, StoreRig.Settle(log, 0, 2));
        Assert.Equal(0u, StoreRig.Settle(log, 0, 1));
        Assert.Equal(0u, StoreRig.Settle(log, 10, 20));
        Assert.Equal(2, log.StartOffset);
        Assert.Equal([2, 3], StoreRig.ReadAll(log));
        Assert.Equal(4, log.EndOffset);
    }

    [Fact]
    public void UnsettledRanges_WithTags_NameEachBatch()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoreRig.Append(log, 4, 10, tag: 3);
        StoreRig.Append(log, 4, 10, tag: 5);
        rig.Commit(StoreRig.Settle(log, 1, 5));
        (OffsetRange, byte)[] expected = [(new OffsetRange(0, 1), 3), (new OffsetRange(5, 8), 5)];
        Assert.Equal(expected, log.UnsettledRanges());
        rig.ReopenAfterKill();
        Assert.Equal(expected, rig.Log(log.Id).UnsettledRanges());
    }

    [Fact]
    public void Reader_GoingBackAndForth_FindsEveryRecord()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoredLog other = rig.CreateLog();
        for (int i = 0; i < 200; i++)
        {
            StoreRig.Append(log, 1 + (i % 3), 50, tag: (byte)(i % 7 == 0 ? 1 : 0));
            StoreRig.Append(other, 1, 50);
        }

        SeededRandom random = new(42);
        lock (log.Gate)
        {
            using LogReader reader = log.OpenReader();
            for (int i = 0; i < 2000; i++)
            {
                long offset = random.Next((int)log.EndOffset);
                for (long next = offset; next < Math.Min(offset + random.Next(20), log.EndOffset); next++)
                {
                    Assert.Equal(ReadStatus.Found, reader.TryRead(next, out RecordView record));
                    StoreRig.Check(log, next, record.Payload);
                }

                if (i % 3 == 0)
                {
                    reader.Unpin();
                }
            }
        }
    }

    [Fact]
    public void Reader_FollowingTheProducer_SeesEachRecordAtOnce()
    {
        using StoreRig rig = new(tailBytesMax: 64 << 20);
        StoredLog log = rig.CreateLog();
        lock (log.Gate)
        {
            using LogReader reader = log.OpenReader();
            for (long offset = 0; offset < 5000; offset++)
            {
                StoreRig.Append(log, 1, 100);
                Assert.Equal(ReadStatus.Found, reader.TryRead(offset, out RecordView record));
                StoreRig.Check(log, offset, record.Payload);
                reader.Unpin();
                log.Settle([new OffsetRange(offset, offset + 1)]);
            }
        }
    }

    [Fact]
    public void Record_HeldByItsBlock_OutlivesTheReader()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        rig.Commit(StoreRig.Append(log, 1, 1000));
        Ropeway.Buffers.NativeBlock block;
        int at;
        lock (log.Gate)
        {
            using LogReader reader = log.OpenReader();
            Assert.Equal(ReadStatus.Found, reader.TryRead(0, out RecordView record));
            block = record.Block;
            at = record.BlockOffset;
            block.AddReference();
        }

        StoreRig.Settle(log, 0, 1);
        for (int i = 0; i < 100; i++)
        {
            rig.Commit(StoreRig.Append(log, 20, 500));
        }

        StoreRig.Check(log, 0, block.Span.Slice(at, 1000));
        block.Release();
    }

    [Fact]
    public void Append_FewerRecordsThanAnnounced_IsRefusedAndTheStoreGoesOn()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppend(2, 20, persistent: true, tag: 0);
            space.Add(5).Clear();
            bool isRefused = false;
            try
            {
                space.Complete();
            }
            catch (InvalidOperationException)
            {
                isRefused = true;
            }

            Assert.True(isRefused);
        }

        rig.Commit(StoreRig.Append(log, 1, 10));
    }

    [Fact]
    public void SequentialReadOfTheTail_AllocatesNothing()
    {
        using StoreRig rig = new(tailBytesMax: 64 << 20);
        StoredLog log = rig.CreateLog();
        for (int i = 0; i < 100; i++)
        {
            StoreRig.Append(log, 10, 60);
        }

        lock (log.Gate)
        {
            long least = Allocations.LeastOf(
                () =>
                {
                    LogReader reader = log.OpenReader();
                    ReadTwice(log, reader);
                    return reader;
                },
                reader => ReadTwice(log, reader));

            Assert.Equal(0, least);
        }
    }

    [Fact]
    public void AppendReadAndSettle_FirstInFirstOut_AllocateNothing()
    {
        using StoreRig rig = new(tailBytesMax: 64 << 20);
        StoredLog log = rig.CreateLog();
        lock (log.Gate)
        {
            using LogReader reader = log.OpenReader();
            PassThrough(log, reader, 3000);

            // Blocks and lists of the tail grow now and then, but not in each round.
            Assert.Equal(0, Allocations.LeastOf(() => PassThrough(log, reader, 200)));
        }
    }

    private static void ReadTwice(StoredLog log, LogReader reader)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (long offset = 0; offset < log.EndOffset; offset++)
            {
                if (reader.TryRead(offset, out RecordView record) != ReadStatus.Found || record.Payload.Length != 60)
                {
                    Assert.Fail("A record is missing.");
                }
            }
        }
    }

    private static void PassThrough(StoredLog log, LogReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            AppendSpace space = log.BeginAppend(1, 16, persistent: true, tag: 0);
            space.Add(16).Clear();
            space.Complete();
            if (reader.TryRead(space.FirstOffset, out _) != ReadStatus.Found)
            {
                Assert.Fail("A record is missing.");
            }

            reader.Unpin();
            SettleOne(log, space.FirstOffset);
        }
    }

    private static void SettleOne(StoredLog log, long offset)
    {
        OffsetRange range = new(offset, offset + 1);
        log.Settle(new ReadOnlySpan<OffsetRange>(in range));
    }
}
