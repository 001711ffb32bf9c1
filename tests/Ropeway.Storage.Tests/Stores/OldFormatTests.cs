using System.IO.Compression;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>Directories that older versions left, kept in Fixtures for ever, must open.</summary>
public sealed class OldFormatTests
{
    [Fact]
    public void Open_Format1_KeepsEverythingAndBecomesTheNewest()
    {
        MemoryDisk disk = Load("store-format-1.zip");
        using (Store store = StoreRig.Open(disk))
        {
            Check(store, extra: 0);
            StoredLog[] logs = [.. store.Logs.OrderBy(log => log.Id)];
            using AtomicUnit unit = store.BeginUnit();
            StoreRig.Append(logs[1], 1, 30, unit: unit);
            StoreRig.Settle(logs[2], 0, 1, unit);
            CommitGate.Wait(store, unit.Complete());
            disk = disk.Copy();
        }

        Assert.Equal(StoreHeader.Version, StoreHeader.Read(disk, StoreRig.Directory)!.Value.FormatVersion);
        using Store again = StoreRig.Open(disk);
        Check(again, extra: 1);
    }

    [Fact]
    public void Open_Format1_CutShortAtAnySync_OpensAgain()
    {
        List<MemoryDisk> cuts = [];
        MemoryDisk disk = Load("store-format-1.zip");
        disk.BeforeSync = _ =>
        {
            lock (cuts)
            {
                cuts.Add(disk.AfterPowerCut(bytes => bytes / 1024 * 512));
            }
        };
        StoreRig.Open(disk).Dispose(); // Afterwards no thread of it takes images any more.
        Assert.True(cuts.Count > 2);
        foreach (MemoryDisk cut in cuts)
        {
            using Store opened = StoreRig.Open(cut);
            Check(opened, extra: 0);
        }
    }

    [Fact]
    public void Open_Format2_KeepsEverythingAndBecomesTheNewest()
    {
        MemoryDisk disk = Load("store-format-2.zip");
        using (Store store = StoreRig.Open(disk))
        {
            Check2(store, kept: []);
            StoredLog log = store.Logs.OrderBy(log => log.Id).First();
            CommitGate.Wait(store, StoreRig.Keep(log, 0, 5));
            disk = disk.Copy();
        }

        Assert.Equal(StoreHeader.Version, StoreHeader.Read(disk, StoreRig.Directory)!.Value.FormatVersion);
        using Store again = StoreRig.Open(disk);
        Check2(again, kept: [1, 2, 4]);
        again.Checkpoint();
        using Store last = StoreRig.Open(disk.Copy());
        Check2(last, kept: [1, 2, 4]);
    }

    [Fact]
    public void Open_Format3_KeepsEverythingAndBecomesTheNewest()
    {
        MemoryDisk disk = Load("store-format-3.zip");
        using (Store store = StoreRig.Open(disk))
        {
            Check3(store, extra: 0);
            StoredLog[] logs = [.. store.Logs.OrderBy(log => log.Id)];
            CommitGate.Wait(store, SharedRecords.Append(logs, count: 3, sharedBytes: 500, number: 1));
            disk = disk.Copy();
        }

        Assert.Equal(StoreHeader.Version, StoreHeader.Read(disk, StoreRig.Directory)!.Value.FormatVersion);
        using Store again = StoreRig.Open(disk);
        Check3(again, extra: 3);
    }

    /// <summary>
    /// Log 1: 1,206 records, every third of the first 1,200 settled, the others from 50 to 199 kept, a mark of 1,000. Log 2: 800 records, the
    /// first 700 settled, then 92 kept, a mark of the last one. Five records, the keepings of log 2 and its mark are from a unit; another unit has no end.
    /// </summary>
    private static void Check3(Store store, int extra)
    {
        StoredLog[] logs = [.. store.Logs.OrderBy(log => log.Id)];
        static List<long> Live(int start, int end) => [.. Enumerable.Range(start, end - start).Where(offset => offset >= 1200 || offset % 3 != 0).Select(offset => (long)offset)];
        Assert.Equal([.. Live(0, 50), .. Live(200, 1206 + extra)], StoreRig.ReadAll(logs[0]));
        Assert.Equal(Live(50, 200), StoreRig.KeptIn(logs[0]));
        Assert.Equal([new(1000, 5)], logs[0].Marks);
        Assert.Equal(Enumerable.Range(792, 8).Concat(Enumerable.Range(803, extra)).Select(offset => (long)offset), StoreRig.ReadAll(logs[1]));
        Assert.Equal(Enumerable.Range(700, 92).Select(offset => (long)offset), StoreRig.KeptIn(logs[1]));
        Assert.Equal([new(799, 7)], logs[1].Marks);
    }

    /// <summary>
    /// Log 1: 1,205 records, every third of the first 1,200 settled, marks of 1 and 1,000. Log 2: 800 records, 8 of them unsettled, a mark of the last one.
    /// Five of the records, two settlements and the mark of 1 are from a unit; another unit has no end.
    /// </summary>
    private static void Check2(Store store, long[] kept)
    {
        StoredLog[] logs = [.. store.Logs.OrderBy(log => log.Id)];
        List<long> live = [.. Enumerable.Range(0, 1205).Where(offset => offset >= 1200 || offset % 3 != 0).Select(offset => (long)offset)];
        Assert.Equal(live.Except(kept), StoreRig.ReadAll(logs[0]));
        Assert.Equal(kept, StoreRig.KeptIn(logs[0]));
        Assert.Equal(kept.Length > 0 ? [new(1000, 5)] : [new(1, 11), new(1000, 5)], logs[0].Marks.OrderBy(mark => mark.Offset));
        Assert.Equal(Enumerable.Range(792, 8).Select(offset => (long)offset), StoreRig.ReadAll(logs[1]));
        Assert.Equal([new(799, 7)], logs[1].Marks);
    }

    /// <summary>Log 1: 1,200 records, every third and offset 1 settled, most in segments; five more. Log 2: 10 records, 4 settled, horizon 1,024. Log 3: a record with an external body.</summary>
    private static void Check(Store store, int extra)
    {
        StoredLog[] logs = [.. store.Logs.OrderBy(log => log.Id)];
        Assert.Equal(Enumerable.Range(2, 1203).Where(offset => offset >= 1200 || offset % 3 != 0).Select(offset => (long)offset), StoreRig.ReadAll(logs[0]));
        Assert.Equal([4, 5, 6, 7, 8, 9, .. Enumerable.Range(1024, extra).Select(offset => (long)offset)], StoreRig.ReadAll(logs[1]));
        Assert.Equal(1024, logs[1].RecoveredHorizon);
        Assert.All(logs, log => Assert.Equal(0, log.MarkCount));
        Assert.Equal(1 - extra, StoreRig.ReadAll(logs[2]).Count);
        KeyValuePair<byte[], byte[]> entry = Assert.Single(store.Metadata.Snapshot());
        Assert.Equal("key"u8, entry.Key);
        Assert.Equal("value"u8, entry.Value);
    }

    /// <summary>Names of all fixtures.</summary>
    internal static IEnumerable<string> Fixtures =>
        typeof(OldFormatTests).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("store-format-", StringComparison.Ordinal));

    internal static MemoryDisk Load(string name)
    {
        MemoryDisk disk = new();
        using Stream fixture = typeof(OldFormatTests).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No fixture {name}.");
        using ZipArchive zip = new(fixture);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream source = entry.Open();
            byte[] bytes = new byte[entry.Length];
            source.ReadExactly(bytes);
            string path = "/" + entry.FullName;
            using IDiskFile file = disk.Create(path);
            file.Write(bytes, 0);
            file.Sync();
            disk.SyncDirectory(Path.GetDirectoryName(path)!);
        }

        return disk;
    }
}
