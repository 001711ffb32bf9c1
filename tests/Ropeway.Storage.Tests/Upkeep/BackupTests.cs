using System.Buffers;
using Ropeway.Storage.Tests.Stores;

namespace Ropeway.Storage.Tests.Upkeep;

/// <summary>A backup is a prefix of the history that holds everything confirmed before it began, whatever the store does meanwhile.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task Backup_OfAStoreAtRest_RestoresToTheSame()
    {
        DamagedStore filled = await DamagedStore.MakeAsync();
        using Store store = StoreRig.Open(filled.Disk);
        ulong before = store.CommittedIndex;
        using MemoryStream archive = await BackUpAsync(store);
        MemoryDisk restored = Restore(archive, out BackupSummary summary);
        Assert.InRange(summary.Index, before, store.CommittedIndex); // The store writes marks of its own.
        filled.AssertServes(restored, []);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Backup_UnderLoad_IsAPrefixOfTheHistory(ulong seed)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        BackupLoad load = new(rig.Store, logs, new SeededRandom(seed));
        load.Run(300);
        Thread working = new(() => load.Run(3000));
        working.Start();
        List<(long ConfirmedCount, MemoryStream Archive)> backups = [];
        for (int i = 0; i < 4; i++)
        {
            long confirmed = load.ConfirmedCount;
            backups.Add((confirmed, await BackUpAsync(rig.Store)));
        }

        working.Join();
        foreach ((long confirmed, MemoryStream archive) in backups)
        {
            using Store restored = StoreRig.Open(Restore(archive, out _));
            load.AssertIsPrefix(restored, confirmed);
            await archive.DisposeAsync();
        }
    }

    [Fact]
    public async Task Backup_WhileFilesDieAndTheJournalGoesRound_KeepsWhatItNeeds()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 2);
        ReclaimTests.Backlog(rig, logs[0]);
        ulong body = await rig.Store.WriteBodyAsync(new ReadOnlySequence<byte>(new byte[50_000]), CancellationToken.None);
        lock (logs[1].Gate)
        {
            AppendSpace space = logs[1].BeginAppendExternal(30, persistent: true, tag: 0, body);
            StoreRig.Fill(space.Add(30), logs[1].Id, space.FirstOffset);
            space.Complete();
        }

        rig.Store.ReleaseBody(body);
        rig.Commit(StoreRig.Append(logs[1], 1, 30));
        List<long>[] expected = [.. logs.Select(StoreRig.ReadAll)];

        using MemoryStream archive = new();
        using (StoreBackup backup = rig.Store.TryBeginBackup()!)
        {
            Assert.Null(rig.Store.TryBeginBackup()); // One at a time.
            logs.ForEach(log => StoreRig.Settle(log, 0, log.EndOffset));
            for (int i = 0; i < 300; i++)
            {
                rig.Commit(StoreRig.Append(logs[0], 20, 500)); // More than the journal's files: what the backup holds does not stop it.
                rig.Commit(StoreRig.Settle(logs[0], 0, logs[0].EndOffset));
            }

            rig.Store.Checkpoint();
            rig.Store.Checkpoint();
            rig.Store.Checkpoint();
            await backup.WriteToAsync(archive, CancellationToken.None);
        }

        using Store restored = StoreRig.Open(Restore(archive, out _));
        Assert.Equal(expected, logs.Select(log => StoreRig.ReadAll(restored.Logs.Single(found => found.Id == log.Id))));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.DoesNotContain("body-1", rig.Disk.List(StoreRig.Directory)); // The backup lets it go.
        using StoreBackup next = rig.Store.TryBeginBackup()!;
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Backup_GivenUp_LetsEverythingGo()
    {
        using StoreRig rig = new();
        ReclaimTests.Backlog(rig, rig.CreateLog());
        using CancellationTokenSource aborted = new();
        using (StoreBackup backup = rig.Store.TryBeginBackup()!)
        {
            await aborted.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backup.WriteToAsync(new MemoryStream(), aborted.Token));
        }

        using MemoryStream archive = await BackUpAsync(rig.Store);
        Restore(archive, out _);
    }

    [Fact]
    public async Task Restore_CutShortOrChangedAnywhere_IsRefusedAndLeavesNothing()
    {
        DamagedStore filled = await DamagedStore.MakeAsync();
        using Store store = StoreRig.Open(filled.Disk);
        using MemoryStream archive = await BackUpAsync(store);
        byte[] whole = archive.ToArray();
        SeededRandom random = new(7);
        int used = whole.AsSpan().LastIndexOf("manifest "u8);
        for (int i = 0; i < 120; i++)
        {
            byte[] bad = i % 2 == 0 ? whole[..random.Next(used)] : [.. whole];
            if (i % 2 == 1)
            {
                bad[random.Next(i % 4 == 1 ? 512 : used)] ^= (byte)(1 << random.Next(8));
            }

            MemoryDisk target = new();
            try
            {
                StoreRestore.Run(new MemoryStream(bad), StoreRig.Options(target), out StoreReport report);
                Assert.True(i % 2 == 1 && report.IsWhole, "A backup that was cut short was restored."); // A bit of the archive that carries nothing, such as a time.
                filled.AssertServes(target, []);
            }
            catch (StoreException fault)
            {
                Assert.Equal(StoreFault.Damaged, fault.Kind);
                Assert.Empty(target.Everything());
            }
        }
    }

    [Fact]
    public async Task Restore_IntoADirectoryWithAnything_IsRefused()
    {
        using TemporaryDirectory directory = new();
        using StoreRig rig = new();
        using MemoryStream archive = await BackUpAsync(rig.Store);
        await File.WriteAllTextAsync(directory.File("notes.txt"), "mine");
        StoreException refused = Assert.Throws<StoreException>(() => StoreRestore.Run(archive, new StoreOptions { Directory = directory.Path }, out _));
        Assert.Equal($"{directory.Path} is not empty; a backup is restored into an empty directory only.", refused.Message);
        Assert.Equal([directory.File("notes.txt")], Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task WriteAsync_ToAFile_IsThereWholeOrNotAtAll()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("night.backup");
        using StoreRig rig = new();
        using MemoryStream archive = await BackUpAsync(rig.Store);
        byte[] cut = archive.ToArray()[..(int)(archive.Length / 2)];
        Assert.Equal(StoreFault.Damaged, (await Assert.ThrowsAsync<StoreException>(() => BackupFile.WriteAsync(new MemoryStream(cut), path, CancellationToken.None))).Kind);
        Assert.Empty(Directory.GetFiles(directory.Path));

        archive.Position = 0;
        BackupSummary written = await BackupFile.WriteAsync(archive, path, CancellationToken.None);
        Assert.Equal(written, BackupFile.Read(path));
        Assert.Equal([path], Directory.GetFiles(directory.Path));
        Assert.Equal($"{path} is there already.", (await Assert.ThrowsAsync<StoreException>(() => BackupFile.WriteAsync(archive, path, CancellationToken.None))).Message);
        StoreRestore.Run(File.OpenRead(path), new StoreOptions { Directory = directory.File("restored") }, out StoreReport report);
        Assert.True(report.IsWhole);
    }

    [Fact]
    public async Task CopyOfTheDirectory_OfAStoppedStore_IsABackup()
    {
        DamagedStore filled = await DamagedStore.MakeAsync();
        StoreRig.Open(filled.Disk).Dispose();
        MemoryDisk copy = filled.Disk.Copy();
        Assert.True(StoreVerification.Run(StoreRig.Options(copy)).IsWhole);
        filled.AssertServes(copy, []);
    }

    private static async Task<MemoryStream> BackUpAsync(Store store)
    {
        MemoryStream archive = new();
        using StoreBackup backup = store.TryBeginBackup() ?? throw new InvalidOperationException("Another backup is under way.");
        await backup.WriteToAsync(archive, CancellationToken.None);
        archive.Position = 0;
        return archive;
    }

    private static MemoryDisk Restore(MemoryStream archive, out BackupSummary summary)
    {
        MemoryDisk disk = new();
        archive.Position = 0;
        summary = StoreRestore.Run(archive, StoreRig.Options(disk), out StoreReport report);
        Assert.True(report.IsWhole);
        return disk;
    }
}
