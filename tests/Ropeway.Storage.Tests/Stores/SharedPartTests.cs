using System.Buffers.Binary;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>Records of several logs that have most of their bytes in common, which are journalled once.</summary>
public sealed class SharedPartTests
{
    [Fact]
    public void Append_ToTenLogs_JournalsTheCommonBytesOnce()
    {
        using StoreRig rig = new(tailBytesMax: 4 << 20);
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 10);
        long before = rig.Store.GetStatistics().JournalBytesWritten;

        using ManualResetEventSlim mayWrite = new(initialState: true);
        rig.Disk.BeforeWrite = _ => mayWrite.Wait();
        for (int i = 0; i < 20; i++)
        {
            mayWrite.Reset(); // Few groups, whose directories would count.
            ulong index = SharedRecords.Append(logs, count: 2, sharedBytes: 4096, number: i);
            mayWrite.Set();
            rig.Commit(index);
        }

        long written = rig.Store.GetStatistics().JournalBytesWritten - before;
        rig.Disk.BeforeWrite = null;
        Assert.InRange(written, 20 * 2 * 4096, 3 * 20 * 2 * 4096);
        Assert.All(logs, log => Assert.Equal(Offsets(40), StoreRig.ReadAll(log)));
        StoreStatistics statistics = rig.Store.GetStatistics();
        Assert.Equal((0, logs.Count * 40, 0), (statistics.ColdReadCount, statistics.HotRecordCount, statistics.ColdRecordCount));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Read_FromJournalFiles_GivesWholeRecords(byte tags)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig, rounds: 42, tags);
        Assert.All(logs, log => Assert.Equal(Offsets(42 * 6), StoreRig.ReadAll(log)));
        StoreStatistics statistics = rig.Store.GetStatistics();
        Assert.True(statistics is { ColdReadCount: > 0, ColdRecordCount: > 0, HotRecordCount: > 0 });
        Assert.Equal(logs.Count * 42 * 6, statistics.HotRecordCount + statistics.ColdRecordCount);
        rig.ReopenAfterKill();
        Assert.All(logs, log => Assert.Equal(Offsets(42 * 6), StoreRig.ReadAll(rig.Log(log.Id))));
    }

    [Fact]
    public void Move_ToSegments_GivesEachLogItsOwnCopy()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig, rounds: 40, tags: 2);
        logs.ForEach(log => StoreRig.Settle(log, 3, 100));
        List<long> expected = [0, 1, 2, .. Offsets(40 * 6)[100..]];
        Wrap(rig);
        Assert.True(rig.Store.GetStatistics().SegmentBytes > 4 * 100 * 1000, "Nothing was moved.");
        Assert.All(logs, log => Assert.Equal(expected, StoreRig.ReadAll(log)));

        MetadataBatch batch = new();
        batch.DeleteLog(logs[0].Id);
        rig.Commit(rig.Store.Metadata.Apply(batch));
        rig.Store.Checkpoint();
        rig.ReopenAfterKill();
        Assert.All(logs[1..], log => Assert.Equal(expected, StoreRig.ReadAll(rig.Log(log.Id))));
    }

    [Fact]
    public void DeleteLog_LeavesTheOthersWhatTheyShare()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig, rounds: 20, tags: 1);
        MetadataBatch batch = new();
        batch.DeleteLog(logs[0].Id);
        rig.Commit(rig.Store.Metadata.Apply(batch));
        logs.RemoveAt(0);
        Assert.All(logs, log => Assert.Equal(Offsets(120), StoreRig.ReadAll(log)));
        rig.ReopenAfterKill();
        Assert.All(logs, log => Assert.Equal(Offsets(120), StoreRig.ReadAll(rig.Log(log.Id))));
    }

    [Fact]
    public void StuckReference_KeepsItsPartInTheJournal_UntilItIsMoved()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 2);
        rig.Commit(SharedRecords.Append(logs, count: 1, sharedBytes: 3000, number: 5));
        rig.Commit(StoreRig.Settle(logs[0], 0, 1));
        for (int i = 0; i < 12; i++)
        {
            Wrap(rig);
            Assert.Equal([0L], StoreRig.ReadAll(rig.Log(logs[1].Id)));
        }

        rig.ReopenAfterKill();
        Assert.Equal([0L], StoreRig.ReadAll(rig.Log(logs[1].Id)));
        Assert.Empty(StoreRig.ReadAll(rig.Log(logs[0].Id)));
    }

    [Fact]
    public void Append_PartsOfTwoPublishersCross_EachRecordFindsItsOwn()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 2);
        for (int i = 0; i < 50; i++)
        {
            SharedRecords first = new(2, 1500, number: 2 * i);
            SharedRecords second = new(2, 1500, number: (2 * i) + 1);
            first.Write(logs[0]);
            second.Write(logs[0]);
            StoreRig.Append(logs[0], 1, 200);
            bool areNear = second.TryRefer(logs[0], out ulong index);
            StoreRig.Append(logs[0], 2, 30, persistent: false); // A gap after a restart, between two runs that overlap.
            areNear &= first.TryRefer(logs[0], out index);
            areNear &= first.TryRefer(logs[1], out index);
            Assert.True(areNear || i > 0, "The block has room for them.");
            rig.Commit(index);
        }

        List<long> before = StoreRig.ReadAll(logs[0]);
        rig.ReopenAfterKill();
        List<long> after = StoreRig.ReadAll(rig.Log(logs[0].Id));
        Assert.Equal(before.Count - 100, after.Count);
        List<long> other = StoreRig.ReadAll(rig.Log(logs[1].Id));
        Wrap(rig);
        Assert.Equal(after, StoreRig.ReadAll(rig.Log(logs[0].Id)));
        Assert.Equal(other, StoreRig.ReadAll(rig.Log(logs[1].Id)));
    }

    [Fact]
    public void TryBeginReferring_InTheNextBlock_IsRefused()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        SharedRecords records = new(1, 1000, number: 1);
        records.Write(log);
        StoreRig.Append(log, 1, 40_000);
        Assert.True(records.TryRefer(log, out _));
        StoreRig.Append(log, 1, 40_000);

        Assert.False(records.TryRefer(log, out ulong index));

        Assert.Equal(0u, index);
        Assert.Equal(Offsets(3), StoreRig.ReadAll(log));
    }

    [Fact]
    public void TryBeginReferring_InALogThatIsNotDurable_Throws()
    {
        using StoreRig rig = new();
        SharedRecords records = new(1, 1000, number: 1);
        records.Write(rig.CreateLog());
        StoredLog log = rig.Store.CreateTransientLog();
        Assert.Throws<InvalidOperationException>(() => records.TryRefer(log, out _));
    }

    [Fact]
    public void Complete_WithRecordsMissing_ThrowsAndStoresEmptyOnes()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        SharedPart part = log.BeginShared(0).Complete();
        lock (log.Gate)
        {
            Assert.True(log.TryBeginReferring(2, 20, tag: 0, part, unit: null, out AppendSpace space));
            AppendSpace copy = space;
            bool hasThrown = false;
            try
            {
                copy.Complete();
            }
            catch (InvalidOperationException)
            {
                hasThrown = true;
            }

            Assert.True(hasThrown);
            using LogReader reader = log.OpenReader();
            Assert.Equal(ReadStatus.Found, reader.TryRead(1, out RecordView record));
            Assert.True(record.Payload.IsEmpty && record.Shared.IsEmpty);
        }
    }

    [Fact]
    public void AddReferring_InAnOrdinaryBatch_Throws()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppend(1, 30, persistent: true, tag: 0);
            bool hasThrown = false;
            try
            {
                space.AddReferring(10, 0, 5);
            }
            catch (InvalidOperationException)
            {
                hasThrown = true;
            }

            space.Add(30).Clear();
            space.Complete();
            Assert.True(hasThrown);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unit_WithReferences_CountsWhole(bool isComplete)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        using (AtomicUnit unit = rig.Store.BeginUnit())
        {
            SharedRecords.Append(logs, count: 4, sharedBytes: 2000, number: 1, unit: unit);
            Assert.All(logs, log => Assert.Equal(4, StoreRig.ReadAll(log).Count));
            if (isComplete)
            {
                rig.Commit(unit.Complete());
            }
        }

        rig.Commit(SharedRecords.Append(logs, count: 1, sharedBytes: 2000, number: 2));
        rig.ReopenAfterKill();
        Assert.All(logs, log => Assert.Equal(isComplete ? [0, 1, 2, 3, 4] : [4], StoreRig.ReadAll(rig.Log(log.Id))));
    }

    [Fact]
    public void Open_DamagedPart_QuarantinesExactlyTheLogsThatReferToIt()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 4);
        rig.Commit(SharedRecords.Append(logs[..2], count: 3, sharedBytes: 1000, number: 1));
        rig.Commit(SharedRecords.Append(logs[1..], count: 3, sharedBytes: 900, number: 2));
        rig.Commit(StoreRig.Append(logs[3], 1, 10));
        MemoryDisk image = JournalDamageTests.Damage(rig, header => header.Type == BatchType.SharedPart && header.PayloadBytes < 2900);

        rig.ReopenOn(image);

        Assert.Null(rig.Log(logs[0].Id).Quarantine);
        Assert.Equal(Offsets(3), StoreRig.ReadAll(rig.Log(logs[0].Id)));
        Assert.Contains("offsets 3 to 6", rig.Log(logs[1].Id).Quarantine, StringComparison.Ordinal);
        Assert.All(logs[2..], log => Assert.Contains("offsets 0 to 3", rig.Log(log.Id).Quarantine, StringComparison.Ordinal));
        rig.Store.Checkpoint();
        rig.ReopenAfterKill();
        Assert.Equal([false, true, true, true], logs.Select(log => rig.Log(log.Id).Quarantine is not null));
    }

    [Fact]
    public void Read_PartDamagedInItsFile_QuarantinesTheLog()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig, rounds: 42, tags: 1);
        long at = Find(rig, 0, header => header.Type == BatchType.SharedPart);
        Overwrite(rig, at + 60, [1, 2, 3, 4]);
        using LoadWait wait = new();
        LogReader reader;
        lock (logs[0].Gate)
        {
            reader = logs[0].OpenReader();
            Assert.Equal(ReadStatus.Cold, reader.TryRead(0, out _));
            reader.Load(0, wait);
        }

        wait.Wait();
        lock (logs[0].Gate)
        {
            Assert.Equal(ReadStatus.Damaged, reader.TryRead(0, out _));
            reader.Dispose();
        }

        Assert.Contains("offsets 0 to", logs[0].Quarantine, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DamageOfAnotherLogBetweenPartAndReference_CostsNothing()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig, rounds: 42, tags: 1);
        long at = Find(rig, 0, header => header.Type == BatchType.Messages && header.LogId == logs[1].Id);
        Overwrite(rig, at + 4, [0x44, 0x1F, 0, 0]); // A length that cannot be.
        Assert.Equal(Offsets(252), StoreRig.ReadAll(logs[3]));
        Assert.Null(logs[3].Quarantine);
    }

    [Theory]
    [InlineData(256 * 1024)]
    [InlineData(4 << 20)]
    public void ReadFrom_GivesReadersOfTheShardWholeRecords(int tailBytesMax)
    {
        using StoreRig rig = new(tailBytesMax);
        List<StoredLog> logs = Fill(rig, rounds: 40, tags: 3);
        using AtomicUnit unit = rig.Store.BeginUnit();
        SharedRecords.Append(logs, count: 2, sharedBytes: 700, number: 9, unit: unit);
        rig.Commit(unit.Complete());
        WholeRecords reader = new(rig);

        Assert.Equal(ShardReadStatus.Complete, rig.Store.ShardLog.ReadFrom(1, reader));

        Assert.Equal(4 * ((40 * 6) + 2), reader.Count);
    }

    [Fact]
    public void RecoveredExtents_CountWhatIsShared()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig, rounds: 20, tags: 1);
        rig.ReopenAfterKill();
        Assert.All(logs, log => Assert.InRange(rig.Log(log.Id).RecoveredExtents().Sum(extent => extent.Bytes), 120 * 1000, 160 * 1000));
    }

    /// <summary>Four logs, each with six records of some 1,000 bytes in each round, in batches of several tags.</summary>
    private static List<StoredLog> Fill(StoreRig rig, int rounds, byte tags)
    {
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 4);
        for (int i = 0; i < rounds; i++)
        {
            SharedRecords.Append(logs, count: 4, sharedBytes: 1000, number: i, (byte)(tags == 0 ? 0 : i % tags));
            rig.Commit(SharedRecords.Append(logs, count: 2, sharedBytes: 1000, number: 1000 + i));
        }

        rig.AwaitEviction();
        return logs;
    }

    /// <summary>Traffic that leaves nothing behind, until all that was in the journal before is moved.</summary>
    private static void Wrap(StoreRig rig)
    {
        StoredLog busy = rig.CreateLog();
        for (int i = 0; i < 60; i++)
        {
            StoreRig.Append(busy, 20, 1000);
            rig.Commit(StoreRig.Settle(busy, 0, busy.EndOffset));
        }

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
    }

    private static long Find(StoreRig rig, int file, Func<BatchHeader, bool> isWanted)
    {
        byte[] bytes = rig.Disk.Content(Path.Combine(StoreRig.Directory, $"journal-{file}"));
        for (int at = 0; at < bytes.Length - BatchHeader.HeaderBytes; at += 8)
        {
            if (BatchHeader.TryValidate(bytes.AsSpan(at), ((ulong)file * StoreRig.FileBytes) + (ulong)at, out BatchHeader header) && isWanted(header))
            {
                return at;
            }
        }

        throw new InvalidOperationException("No batch of the file fits.");
    }

    /// <summary>Damages the first journal file under the store that has it open.</summary>
    private static void Overwrite(StoreRig rig, long position, byte[] bytes)
    {
        using IDiskFile file = rig.Disk.Open(Path.Combine(StoreRig.Directory, "journal-0"), writable: true);
        file.Write(bytes, position);
    }

    private static List<long> Offsets(int count) => [.. Enumerable.Range(0, count).Select(offset => (long)offset)];

    /// <summary>Tests the records of every batch of messages, and that nothing in them refers to elsewhere.</summary>
    private sealed class WholeRecords(StoreRig rig) : IShardReader
    {
        public int Count { get; private set; }

        public bool OnBatch(in ShardBatch batch)
        {
            Assert.NotEqual(BatchType.SharedPart, batch.Type);
            if (batch.Type != BatchType.Messages)
            {
                return true;
            }

            Assert.Equal(0, batch.Flags & ~BatchHeader.InUnit);
            ReadOnlySpan<byte> payload = batch.Payload[SharedReference.StartIn(batch.Flags)..];
            for (int i = 0; i < batch.Count; i++)
            {
                int bytes = BinaryPrimitives.ReadInt32LittleEndian(payload);
                Assert.Equal(i, BinaryPrimitives.ReadInt32LittleEndian(payload[4..]));
                ReadOnlySpan<byte> record = payload.Slice(AppendSpace.RecordHeaderBytes, bytes);
                Assert.True(SharedRecords.Is(record));
                StoreRig.Check(rig.Log(batch.LogId), batch.FirstOffset + i, record);
                payload = payload[(AppendSpace.RecordHeaderBytes + bytes)..];
                Count++;
            }

            Assert.True(payload.IsEmpty);
            return true;
        }
    }
}
