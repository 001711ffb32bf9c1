using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Stores;

namespace Ropeway.Storage.Tests.Upkeep;

/// <summary>Each kind of damage: verify names it and its victims, repair gives everything else back.</summary>
public sealed class RepairTests
{
    [Fact]
    public async Task Verify_WholeStore_CountsEverything()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        StoreReport report = store.Verify();
        Assert.True(report.IsWhole);
        Assert.Equal(3, report.LogCount);
        Assert.Equal(store.Content.Values.Sum(offsets => offsets.Count), report.RecordCount);
        Assert.Equal((1, 0L), (report.BodyCount, report.LostCount));
        Assert.True(report is { SegmentCount: > 0, SegmentBatchCount: > 0, JournalBatchCount: > 0, CheckpointCount: 2 });
    }

    [Fact]
    public void Verify_NoStore_SaysSo()
    {
        Assert.Equal(StoreFault.Io, Assert.Throws<StoreException>(() => StoreVerification.Run(StoreRig.Options(new MemoryDisk()))).Kind);
    }

    [Fact]
    public void Verify_DirectoryInUse_IsRefused()
    {
        using TemporaryDirectory directory = new();
        StoreOptions options = new() { Directory = directory.Path };
        using (Store.Open(options))
        {
            Assert.Equal(StoreFault.InUse, Assert.Throws<StoreException>(() => StoreVerification.Run(options)).Kind);
            Assert.Equal(StoreFault.InUse, Assert.Throws<StoreException>(() => StoreRepair.Run(options, acceptLoss: true)).Kind);
        }

        Assert.True(StoreVerification.Run(options).IsWhole);
    }

    [Fact]
    public async Task SegmentBatch_Damaged_LosesExactlyItsRecords()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        string name = store.First("segment-");
        store.Flip(name, 64 + 48 + 20);

        StoreDamage damage = Assert.Single(store.Verify().Damages);
        Assert.Equal((DamageKind.SegmentBatch, name, 64L, false), (damage.Kind, damage.File, damage.Position, damage.IsRefused));
        DamageVictim victim = Assert.Single(damage.Victims);
        List<long> lost = [.. store.Content[victim.LogId].Where(offset => offset >= victim.FirstOffset && offset < victim.EndOffset)];
        Assert.Equal(lost.Count, victim.LostCount);
        Assert.NotEmpty(lost);

        RepairReport repaired = store.Repair(new() { [victim.LogId] = lost });
        Assert.Equal([$"quarantine/{name}-at-64"], repaired.Saved);
        Assert.Equal(damage.Bytes, store.Disk.Content(DamagedStore.PathOf(repaired.Saved[0])).Length);
    }

    [Theory]
    [InlineData(20, "header")]
    [InlineData(-10, "footer")]
    [InlineData(-60, "footer")]
    public async Task SegmentHeaderOrFooter_Damaged_LosesNothing(int position, string part)
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        string name = store.First("segment-");
        store.Flip(name, position > 0 ? position : store.Disk.Content(DamagedStore.PathOf(name)).Length + position);
        StoreDamage damage = Assert.Single(store.Verify().Damages);
        Assert.Equal((DamageKind.SegmentFile, name), (damage.Kind, damage.File));
        Assert.Contains(part, damage.Text, StringComparison.Ordinal);
        store.Repair();
    }

    [Fact]
    public async Task SegmentMissing_NewerThanTheOlderCheckpoint_LosesNothing()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        MemoryDisk live = store.Disk;
        using (Store more = StoreRig.Open(live))
        {
            Assert.True(more.TryGetLog(store.Content.Keys.Min(), out StoredLog? log));
            uint[] newest = [];
            while (newest.Length == 0)
            {
                CommitGate.Wait(more, StoreRig.Append(log, 10, 500));
                store.Content[log.Id].AddRange(Enumerable.Range((int)log.EndOffset - 10, 10).Select(offset => (long)offset));
                more.Checkpoint();
                store.ReplaceDisk(live.Copy());
                List<CheckpointImage> images = new CheckpointFiles(store.Disk, StoreRig.Directory).ReadAll(NullLogger.Instance, out _);
                newest = [.. images[0].Segments.Select(segment => segment.Id).Except(images[1].Segments.Select(segment => segment.Id))];
            }

            store.Disk.Delete(DamagedStore.PathOf($"segment-{newest[0]}"));
        }

        StoreDamage damage = store.Verify().Damages[0];
        Assert.True(damage is { Kind: DamageKind.SegmentFile, IsRefused: true, Loss: null }, damage.Text);
        Assert.Contains(store.Repair().Saved, saved => saved.StartsWith("quarantine/checkpoint-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SegmentMissing_InBothCheckpoints_IsRepairedOnlyWithTheLossAccepted()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        store.Disk.Delete(DamagedStore.PathOf(store.First("segment-")));
        StoreDamage damage = Assert.Single(store.Verify().Damages);
        Assert.True(damage is { Kind: DamageKind.SegmentFile, IsRefused: true }, damage.Text);
        Assert.Contains("records of unknown queues", damage.Loss, StringComparison.Ordinal);
        Assert.Equal(StoreFault.Damaged, Assert.Throws<StoreException>(() => StoreRepair.Run(StoreRig.Options(store.Disk), acceptLoss: false)).Kind);
        RepairReport report = StoreRepair.Run(StoreRig.Options(store.Disk), acceptLoss: true);
        Assert.True(report.After.IsWhole);
        Assert.True(report.After.RecordCount > 0 && report.After.RecordCount < store.Content.Values.Sum(offsets => offsets.Count));
    }

    [Fact]
    public async Task Body_Damaged_LosesExactlyItsRecord()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        store.Flip("body-1", 5000);
        StoreDamage damage = Assert.Single(store.Verify().Damages);
        Assert.Equal((DamageKind.Body, "body-1"), (damage.Kind, damage.File));
        DamageVictim victim = Assert.Single(damage.Victims);
        Assert.Equal((0L, 1L, 1L), (victim.FirstOffset, victim.EndOffset, victim.LostCount));
        Assert.Equal(["quarantine/body-1"], store.Repair(new() { [victim.LogId] = [0] }).Saved);
    }

    [Fact]
    public async Task SharedPart_Damaged_LosesExactlyWhatRefersToIt()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        using (Store more = StoreRig.Open(store.Disk))
        {
            List<StoredLog> logs = [.. more.Logs.OrderBy(log => log.Id)];
            CommitGate.Wait(more, SharedRecords.Append(logs[..2], count: 3, sharedBytes: 1000, number: 1));
            CommitGate.Wait(more, SharedRecords.Append(logs, count: 1, sharedBytes: 800, number: 2)); // So that the first is known to have been written.
            logs.ForEach(log => store.Content[log.Id] = StoreRig.ReadAll(log));
            store.ReplaceDisk(store.Disk.Copy());
        }

        store.FlipInJournal(header => header.Type == BatchType.SharedPart && header.PayloadBytes > 2000);
        ulong[] ids = [.. store.Content.Keys.Order().Take(2)];
        Dictionary<ulong, List<long>> lost = ids.ToDictionary(id => id, id => store.Content[id][^4..^1]);

        StoreReport report = store.Verify();
        StoreDamage damage = Assert.Single(report.Damages);
        Assert.Equal((DamageKind.Journal, false, 6L), (damage.Kind, damage.IsRefused, report.LostCount));
        Assert.Equal(ids.Select(id => new DamageVictim(id, BatchType.Messages, lost[id][0], lost[id][0] + 3, 3)), damage.Victims);
        store.Repair(lost);
    }

    [Fact]
    public async Task JournalMessages_Damaged_LosesExactlyThem()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        ulong second = store.Content.Keys.Order().ElementAt(1);
        BatchHeader hit = store.FlipInJournal(header => header.Type == BatchType.Messages && header.LogId == second);
        StoreReport report = store.Verify();
        StoreDamage damage = Assert.Single(report.Damages);
        Assert.Equal(DamageKind.Journal, damage.Kind);
        Assert.Equal(new DamageVictim(second, BatchType.Messages, hit.FirstOffset, hit.FirstOffset + 5, 5), Assert.Single(damage.Victims));
        Assert.Equal(5, report.LostCount);
        Assert.StartsWith("quarantine/journal-at-", Assert.Single(store.Repair(new() { [second] = [600, 601, 602, 603, 604] }).Saved), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JournalSettlement_Damaged_MayBringBackWhatItSettled()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        ulong first = store.Content.Keys.Min();
        store.FlipInJournal(header => header.Type == BatchType.Settle && header.LogId == first);
        DamageVictim victim = Assert.Single(Assert.Single(store.Verify().Damages).Victims);
        Assert.Equal((first, BatchType.Settle, 2L), (victim.LogId, victim.Type, victim.FirstOffset));
        store.Content[first].InsertRange(2, [2, 3]);
        store.Repair();
        using Store repaired = StoreRig.Open(store.Disk);
        Assert.True(repaired.TryGetLog(first, out StoredLog? log));
        Assert.True(log.RecoveredHorizon >= 605); // What comes back is flagged as redelivered.
    }

    [Fact]
    public async Task JournalMetadata_Damaged_IsRepairedOnlyWithTheLossAccepted()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        using (Store more = StoreRig.Open(store.Disk))
        {
            MetadataBatch batch = new();
            batch.Put("key"u8, "value"u8);
            CommitGate.Wait(more, more.Metadata.Apply(batch));
            Assert.True(more.TryGetLog(store.Content.Keys.Min(), out StoredLog? log));
            CommitGate.Wait(more, StoreRig.Append(log, 1, 10));
            store.Content[log.Id].Add(605);
            MemoryDisk killed = store.Disk.Copy();
            store.ReplaceDisk(killed);
        }

        store.FlipInJournal(header => header.Type == BatchType.Metadata);
        StoreDamage damage = Assert.Single(store.Verify().Damages);
        Assert.True(damage.IsRefused);
        Assert.Contains("1 changes of definitions", damage.Loss, StringComparison.Ordinal);
        SortedDictionary<string, byte[]> before = store.Disk.Everything();
        StoreException refused = Assert.Throws<StoreException>(() => StoreRepair.Run(StoreRig.Options(store.Disk), acceptLoss: false));
        Assert.Contains("metadata was hit", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, store.Disk.Everything());
        Assert.Empty(store.Repair(acceptLoss: true).After.Metadata);
    }

    [Fact]
    public async Task JournalTail_Gone_IsRepairedOnlyWithTheLossAccepted()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        StoreRig.Open(store.Disk).Dispose(); // Its checkpoint knows how far the journal was written.
        store.ClearJournalFrom(header => header.Type == BatchType.Messages && header.FirstOffset == 600);
        Assert.Contains(store.Verify().Damages, damage => damage.Loss is not null);
        store.Repair(store.Content.Keys.Order().Take(2).ToDictionary(id => id, _ => Enumerable.Range(600, 5).Select(offset => (long)offset).ToList()), acceptLoss: true);
    }

    [Fact]
    public async Task Header_DamagedOrGone_IsMadeAgainFromTheOtherFiles()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        store.Flip("store", 30);
        StoreDamage damage = Assert.Single(store.Verify().Damages);
        Assert.True(damage is { Kind: DamageKind.Header, IsRefused: true, Loss: null });
        Assert.Equal(["quarantine/store"], store.Repair().Saved);

        store.Disk.Delete(DamagedStore.PathOf("store"));
        Assert.Equal(DamageKind.Header, Assert.Single(store.Verify().Damages).Kind);
        store.Repair();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task OneCheckpoint_Damaged_LosesNothing(int which)
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        string name = store.Disk.List(StoreRig.Directory).Where(name => name.StartsWith("checkpoint-", StringComparison.Ordinal)).ElementAt(which);
        store.Flip(name, 100);
        StoreDamage damage = Assert.Single(store.Verify().Damages);
        Assert.Equal((DamageKind.Checkpoint, name, false), (damage.Kind, damage.File, damage.IsRefused));
        Assert.Equal([$"quarantine/{name}"], store.Repair().Saved);
    }

    [Fact]
    public void AllCheckpoints_DamagedWithTheWholeJournal_LosesNothing()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        rig.Commit(StoreRig.Append(log, 20, 100));
        rig.Store.Checkpoint();
        rig.Commit(StoreRig.Settle(log, 0, 5));
        MemoryDisk disk = rig.Disk.Copy();
        DamageCheckpoints(disk);
        StoreReport report = StoreVerification.Run(StoreRig.Options(disk));
        Assert.All(report.Damages, damage => Assert.True(damage is { Kind: DamageKind.Checkpoint, IsRefused: true, Loss: null }));
        Assert.Equal(15, report.RecordCount);
        Assert.True(StoreRepair.Run(StoreRig.Options(disk), acceptLoss: false).After.IsWhole);
        using Store repaired = StoreRig.Open(disk);
        Assert.True(repaired.TryGetLog(log.Id, out StoredLog? found));
        Assert.Equal(Enumerable.Range(5, 15).Select(offset => (long)offset), StoreRig.ReadAll(found));
    }

    [Fact]
    public async Task AllCheckpoints_DamagedAndTheJournalShort_CannotBeRepaired()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        DamageCheckpoints(store.Disk);
        string oldest = DamagedStore.PathOf("journal-0");
        if (store.Disk.Exists(oldest))
        {
            store.Disk.Delete(oldest); // The mover may have been slow.
        }

        SortedDictionary<string, byte[]> before = store.Disk.Everything();
        Assert.Equal(StoreFault.Damaged, Assert.Throws<StoreException>(() => StoreVerification.Run(StoreRig.Options(store.Disk))).Kind);
        StoreException refused = Assert.Throws<StoreException>(() => StoreRepair.Run(StoreRig.Options(store.Disk), acceptLoss: true));
        Assert.Contains("Restore a backup", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, store.Disk.Everything());
    }

    [Fact]
    public async Task QuarantinedLog_OfAnEarlierStart_ServesAgain()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        ulong second = store.Content.Keys.Order().ElementAt(1);
        store.FlipInJournal(header => header.Type == BatchType.Messages && header.LogId == second);
        using (Store opened = StoreRig.Open(store.Disk))
        {
            opened.Checkpoint();
            opened.Checkpoint();
        }

        StoreReport report = store.Verify();
        StoreDamage damage = report.Damages.First(damage => damage.Kind == DamageKind.QuarantinedLog);
        Assert.Equal(new DamageVictim(second, BatchType.Messages, 600, 605, 5), Assert.Single(damage.Victims));
        store.Repair(new() { [second] = [600, 601, 602, 603, 604] });
    }

    [Fact]
    public async Task SeveralDamages_CutShortAtAnySync_AreRepairedByTheNextRun()
    {
        DamagedStore store = await DamagedStore.MakeAsync();
        ulong[] ids = [.. store.Content.Keys.Order()];
        store.FlipInJournal(header => header.Type == BatchType.Messages && header.LogId == ids[1]);
        string name = store.First("segment-");
        store.Flip(name, 64 + 48 + 20);
        store.Flip("body-1", 5000);
        store.Flip("store", 30);
        DamageVictim inSegment = store.Verify().Damages.First(damage => damage.Kind == DamageKind.SegmentBatch).Victims[0];
        Dictionary<ulong, List<long>> lost = new() { [ids[1]] = [600, 601, 602, 603, 604], [ids[2]] = [0], [ids[0]] = [] };
        lost[inSegment.LogId].AddRange(store.Content[inSegment.LogId].Where(offset => offset >= inSegment.FirstOffset && offset < inSegment.EndOffset));

        List<MemoryDisk> cuts = [];
        MemoryDisk disk = store.Disk.Copy();
        disk.BeforeSync = _ =>
        {
            lock (cuts)
            {
                cuts.Add(disk.AfterPowerCut(bytes => bytes / 1024 * 512));
            }
        };
        StoreRepair.Run(StoreRig.Options(disk), acceptLoss: false);
        disk.BeforeSync = null;
        Assert.True(cuts.Count > 10, $"{cuts.Count} cuts");
        foreach (MemoryDisk cut in cuts)
        {
            RepairReport again = StoreRepair.Run(StoreRig.Options(cut), acceptLoss: false);
            Assert.True(again.After.IsWhole);
            store.AssertServes(cut, lost);
        }
    }

    private static void DamageCheckpoints(MemoryDisk disk)
    {
        foreach (string name in disk.List(StoreRig.Directory).Where(name => name.StartsWith("checkpoint-", StringComparison.Ordinal)))
        {
            disk.Flip(DamagedStore.PathOf(name), 70);
        }
    }
}
