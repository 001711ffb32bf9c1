using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Stores;

public sealed class JournalDamageTests
{
    [Fact]
    public void Open_DamagedMessages_QuarantinesTheirLogOnly()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig);
        MemoryDisk image = Damage(rig, header => header.Type == BatchType.Messages && header.LogId == logs[1].Id && header.FirstOffset == 10);

        rig.ReopenOn(image);

        StoredLog victim = rig.Log(logs[1].Id);
        Assert.Contains("offsets 10 to 15", victim.Quarantine, StringComparison.Ordinal);
        Assert.Equal(50, victim.UnsettledCount);
        AssertOthersServe(rig, logs, victim.Id);
        rig.Store.Checkpoint();
        rig.Store.Checkpoint(); // The damaged place is behind the start position now.
        rig.ReopenAfterKill();
        Assert.NotNull(rig.Log(victim.Id).Quarantine);
        Assert.Equal(50, rig.Log(victim.Id).UnsettledCount);
        AssertOthersServe(rig, logs, victim.Id);
    }

    [Fact]
    public void Open_DamagedSettlement_QuarantinesItsLog()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig);
        rig.Commit(StoreRig.Settle(logs[2], 3, 9));
        rig.Commit(StoreRig.Append(logs[0], 1, 10));
        MemoryDisk image = Damage(rig, header => header.Type == BatchType.Settle && header.LogId == logs[2].Id);
        rig.ReopenOn(image);
        Assert.NotNull(rig.Log(logs[2].Id).Quarantine);
        AssertOthersServe(rig, logs, logs[2].Id);
    }

    [Fact]
    public void Open_DamagedEndOfAUnit_LosesNothing()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig);
        RunUnit(rig, logs);
        MemoryDisk image = Damage(rig, header => header.Type == BatchType.UnitEnd);
        rig.ReopenOn(image);
        AssertOthersServe(rig, logs, victim: 0);
        Assert.Equal(53, rig.Log(logs[1].Id).UnsettledCount - 1); // And one appended by the assertion.
        Assert.Equal(5, rig.Log(logs[2].Id).StartOffset);
    }

    [Fact]
    public void Open_DamagedMessagesOfAUnit_QuarantinesTheirLogOnly()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig);
        RunUnit(rig, logs);
        MemoryDisk image = Damage(rig, header => header.Type == BatchType.Messages && (header.Flags & BatchHeader.InUnit) != 0);
        rig.ReopenOn(image);
        Assert.Contains("offsets 50 to 53", rig.Log(logs[1].Id).Quarantine, StringComparison.Ordinal);
        Assert.Equal(5, rig.Log(logs[2].Id).StartOffset);
        AssertOthersServe(rig, logs, logs[1].Id);
    }

    [Fact]
    public void Open_DamagedMetadata_RefusesAndChangesNothing()
    {
        using StoreRig rig = new();
        Fill(rig);
        MemoryDisk image = Damage(rig, header => header.Type == BatchType.Metadata);
        SortedDictionary<string, byte[]> before = image.Everything();
        StoreException refused = Assert.Throws<StoreException>(() => StoreRig.Open(image));
        Assert.Equal(StoreFault.Damaged, refused.Kind);
        Assert.Contains("journal-0'): metadata was hit. Nothing was changed.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, image.Everything());
    }

    [Fact]
    public void Read_WhereAnotherLogsBatchHasAWrongLength_CostsOnlyThatLog()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 2);
        for (int i = 0; i < 40; i++)
        {
            logs.ForEach(log => StoreRig.Append(log, 1, 100)); // In one group: the batches of each log are read over those of the other.
        }

        rig.Commit(StoreRig.Append(logs[0], 1, 10));
        rig.Commit(StoreRig.Append(logs[0], 1, 10)); // The first group is known to have been written.
        (string path, int at) = Find(rig.Disk, header => header.Type == BatchType.Messages && header.LogId == logs[1].Id && header.FirstOffset == 5, out _);
        MemoryDisk image = rig.Disk.Copy();
        image.Edit(path, bytes => bytes[at + 5] ^= 0x08); // 2,048 bytes more.
        rig.ReopenOn(image);
        Assert.Contains("offsets 5 to 6", rig.Log(logs[1].Id).Quarantine, StringComparison.Ordinal);
        Assert.Equal(42, StoreRig.ReadAll(rig.Log(logs[0].Id)).Count);
        Assert.Null(rig.Log(logs[0].Id).Quarantine);
    }

    [Fact]
    public void Open_DamagedMetadataThatTheCheckpointHas_LosesNothing()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig);
        Put(rig, "old");
        Put(rig, "new");
        rig.Commit(StoreRig.Append(logs[0], 1, 10));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        int seen = 0;
        MemoryDisk image = Damage(rig, header => header is { Type: BatchType.Metadata, Count: 1 } && ++seen == 2);
        rig.ReopenOn(image);
        AssertOthersServe(rig, logs, victim: 0);
        Assert.Equal("new"u8, Assert.Single(rig.Store.Metadata.Snapshot()).Value);
    }

    private static void Put(StoreRig rig, string value)
    {
        MetadataBatch batch = new();
        batch.Put("key"u8, System.Text.Encoding.UTF8.GetBytes(value));
        rig.Commit(rig.Store.Metadata.Apply(batch));
    }

    private static List<StoredLog> Fill(StoreRig rig)
    {
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 4);
        for (int i = 0; i < 10; i++)
        {
            logs.ForEach(log => rig.Commit(StoreRig.Append(log, 5, 100)));
        }

        return logs;
    }

    /// <summary>A unit that appends three records to one log and settles five of another; more is committed behind it.</summary>
    private static void RunUnit(StoreRig rig, List<StoredLog> logs)
    {
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(logs[1], 3, 100, unit: unit);
        StoreRig.Settle(logs[2], 0, 5, unit);
        rig.Commit(unit.Complete());
        rig.Commit(StoreRig.Append(logs[0], 1, 10));
    }

    private static void AssertOthersServe(StoreRig rig, List<StoredLog> logs, ulong victim)
    {
        foreach (StoredLog log in logs.Where(log => log.Id != victim).Select(log => rig.Log(log.Id)))
        {
            Assert.Null(log.Quarantine);
            Assert.True(StoreRig.ReadAll(log).Count >= 45);
            rig.Commit(StoreRig.Append(log, 1, 10));
        }
    }

    /// <summary>An image of the disk with one byte flipped in the first batch of the journal that fits.</summary>
    internal static MemoryDisk Damage(StoreRig rig, Func<BatchHeader, bool> isVictim)
    {
        MemoryDisk image = rig.Disk.Copy();
        (string path, int at) = Find(image, isVictim, out BatchHeader victim);
        image.Flip(path, at + victim.BatchBytes - 12);
        return image;
    }

    /// <summary>The first batch of the journal that fits.</summary>
    private static (string Path, int At) Find(MemoryDisk disk, Func<BatchHeader, bool> isWanted, out BatchHeader header)
    {
        string path = Path.Combine(StoreRig.Directory, "journal-0");
        byte[] bytes = disk.Content(path);
        for (int at = 0; at < bytes.Length - BatchHeader.HeaderBytes; at += 8)
        {
            if (BatchHeader.TryValidate(bytes.AsSpan(at), (ulong)at, out header) && isWanted(header))
            {
                return (path, at);
            }
        }

        throw new InvalidOperationException("No batch of the journal fits.");
    }
}
