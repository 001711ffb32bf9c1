using System.Buffers;
using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Stores;

namespace Ropeway.Storage.Tests.Upkeep;

/// <summary>A store with logs in segments, in the journal and with a body of its own, closed cleanly or not, for tests to damage.</summary>
internal sealed class DamagedStore
{
    private DamagedStore(MemoryDisk disk, Dictionary<ulong, List<long>> content)
    {
        Disk = disk;
        Content = content;
    }

    public MemoryDisk Disk { get; private set; }

    /// <summary>The unsettled offsets of each log before the damage.</summary>
    public Dictionary<ulong, List<long>> Content { get; }

    /// <summary>Three logs: the first two with segments and a recent end in the journal, the third with one record whose body has a file.</summary>
    public static async Task<DamagedStore> MakeAsync()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        for (int i = 0; i < 60; i++)
        {
            rig.Commit(StoreRig.Append(logs[0], 10, 500));
            rig.Commit(StoreRig.Append(logs[1], 10, 500));
        }

        ulong body = await rig.Store.WriteBodyAsync(new ReadOnlySequence<byte>(new byte[100_000]), CancellationToken.None);
        rig.Commit(AppendExternal(logs[2], body));
        rig.Store.ReleaseBody(body);
        rig.Store.Checkpoint();
        rig.Commit(StoreRig.Settle(logs[0], 2, 4));
        rig.Commit(StoreRig.Append(logs[1], 5, 100));
        rig.Commit(StoreRig.Append(logs[0], 5, 100)); // Behind what is damaged, so that it is known to have been written.
        return new DamagedStore(rig.Disk.Copy(), logs.ToDictionary(log => log.Id, StoreRig.ReadAll));
    }

    /// <summary>Goes on with another disk.</summary>
    public void ReplaceDisk(MemoryDisk disk) => Disk = disk;

    public static string PathOf(string name) => Path.Combine(StoreRig.Directory, name);

    public string First(string prefix) => Disk.List(StoreRig.Directory).First(name => name.StartsWith(prefix, StringComparison.Ordinal));

    public void Flip(string name, long position) => Disk.Flip(PathOf(name), position);

    /// <summary>Flips a bit in the payload of the last batch of the journal that fits.</summary>
    public BatchHeader FlipInJournal(Func<BatchHeader, bool> isVictim)
    {
        (string name, int at, BatchHeader header) = JournalBatches().Last(batch => isVictim(batch.Header));
        Flip(name, at + header.BatchBytes - 12);
        return header;
    }

    /// <summary>Clears the journal from the first batch on that fits.</summary>
    public void ClearJournalFrom(Func<BatchHeader, bool> isFirst)
    {
        (string first, int at, _) = JournalBatches().First(batch => isFirst(batch.Header));
        foreach (string name in JournalFiles().SkipWhile(name => name != first))
        {
            Disk.Edit(PathOf(name), bytes => bytes.AsSpan(name == first ? at : 0).Clear());
        }
    }

    /// <summary>Verifies; asserts that this changes nothing.</summary>
    public StoreReport Verify()
    {
        SortedDictionary<string, byte[]> before = Disk.Everything();
        StoreReport report = StoreVerification.Run(StoreRig.Options(Disk));
        Assert.Equal(before, Disk.Everything());
        return report;
    }

    /// <summary>Repairs; asserts that the directory is whole then, that a second repair changes nothing, and that everything but the given offsets is served.</summary>
    public RepairReport Repair(Dictionary<ulong, List<long>>? lost = null, bool acceptLoss = false)
    {
        RepairReport report = StoreRepair.Run(StoreRig.Options(Disk), acceptLoss);
        Assert.True(report.After.IsWhole, string.Join("; ", report.After.Damages.Select(damage => damage.Text)));
        SortedDictionary<string, byte[]> repaired = Disk.Everything();
        Assert.True(StoreRepair.Run(StoreRig.Options(Disk), acceptLoss: false).Before.IsWhole);
        Assert.Equal(repaired, Disk.Everything());
        AssertServes(Disk.Copy(), lost ?? []);
        return report;
    }

    /// <summary>Asserts that a disk serves everything but the given offsets, and takes more.</summary>
    public void AssertServes(MemoryDisk disk, Dictionary<ulong, List<long>> lost)
    {
        using Store store = StoreRig.Open(disk);
        foreach ((ulong id, List<long> offsets) in Content)
        {
            Assert.True(store.TryGetLog(id, out StoredLog? log), $"Log {id} is not there.");
            Assert.Null(log.Quarantine);
            Assert.Equal(offsets.Except(lost.GetValueOrDefault(id, [])), StoreRig.ReadAll(log));
            CommitGate.Wait(store, StoreRig.Append(log, 1, 10));
        }
    }

    private IEnumerable<string> JournalFiles() => Disk.List(StoreRig.Directory).Where(name => JournalFile.TryParse(name, out _)).OrderBy(NumberOf);

    private static long NumberOf(string name) => long.Parse(name.AsSpan("journal-".Length));

    private IEnumerable<(string Name, int At, BatchHeader Header)> JournalBatches()
    {
        foreach (string name in JournalFiles())
        {
            byte[] bytes = Disk.Content(PathOf(name));
            for (int at = 0; at + BatchHeader.HeaderBytes <= bytes.Length; at += 8)
            {
                if (BatchHeader.TryValidate(bytes.AsSpan(at), (ulong)((NumberOf(name) * StoreRig.FileBytes) + at), out BatchHeader header))
                {
                    yield return (name, at, header);
                }
            }
        }
    }

    private static ulong AppendExternal(StoredLog log, ulong body)
    {
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppendExternal(30, persistent: true, tag: 0, body);
            StoreRig.Fill(space.Add(30), log.Id, space.FirstOffset);
            return space.Complete();
        }
    }
}
