using System.Buffers;
using Xunit.Abstractions;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>Flips single bits anywhere in a store: it must refuse, quarantine or not care, but never give wrong bytes or lose something silently.</summary>
public sealed class BitFlipTests
{
    private readonly ITestOutputHelper _output;

    public BitFlipTests(ITestOutputHelper output)
    {
        _output = output;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Flip_AnyBit_IsDetectedOrHarmless(int seed)
    {
        int flipCount = int.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_FLIPS"), out int wanted) ? wanted : 120;
        ulong first = ulong.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_FLIP_SEED"), out ulong given) ? given : 0;
        _output.WriteLine($"seed {first + (ulong)seed}, {flipCount} flips");
        SeededRandom random = new(first + (ulong)seed);
        (MemoryDisk disk, Dictionary<ulong, LogContent> expected) = await FillAsync(random);
        int refused = 0;
        int quarantined = 0;
        for (int flip = 0; flip < flipCount; flip++)
        {
            MemoryDisk image = disk.Copy();
            string path = Choose(image, random);
            int at = random.Next(image.Content(path).Length);
            image.Edit(path, bytes => bytes[at] ^= (byte)(1 << random.Next(8)));
            try
            {
                using Store store = StoreRig.Open(image);
                quarantined += Check(store, expected, $"bit flipped in {path} at {at}");
            }
            catch (StoreException fault)
            {
                Assert.True(fault.Kind is StoreFault.Damaged, $"{path} at {at}: {fault}");
                refused++;
            }
        }

        _output.WriteLine($"{refused} refused, {quarantined} logs quarantined");
        Assert.True(quarantined > 0 && refused > 0 && refused < flipCount / 2, $"{refused} refused, {quarantined} logs quarantined");
    }

    internal static async Task<(MemoryDisk Disk, Dictionary<ulong, LogContent> Expected)> FillAsync(SeededRandom random)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 6);
        for (int i = 0; i < 150; i++)
        {
            foreach (StoredLog log in logs)
            {
                rig.Commit(StoreRig.Append(log, 1 + random.Next(4), random.Next(400)));
                StoreRig.Settle(log, log.StartOffset, log.StartOffset + random.Next(2));
                StoreRig.Mark(log, unit: null, new OffsetMark(log.StartOffset, (ulong)i));
                StoreRig.Settle(log, log.EndOffset - 2, log.EndOffset - random.Next(2));
            }

            if (i % 3 == 0)
            {
                rig.Commit(SharedRecords.Append(logs[random.Next(3)..(3 + random.Next(3))], 1 + random.Next(3), random.Next(900), number: i));
            }

            if (i % 5 == 0)
            {
                RunUnit(rig, logs, random);
            }
        }

        ulong id = await rig.Store.WriteBodyAsync(new ReadOnlySequence<byte>(new byte[100_000]), CancellationToken.None);
        lock (logs[0].Gate)
        {
            AppendSpace space = logs[0].BeginAppendExternal(30, persistent: true, tag: 0, id);
            StoreRig.Fill(space.Add(30), logs[0].Id, space.FirstOffset);
            space.Complete();
        }

        rig.Store.ReleaseBody(id);
        rig.Store.Dispose();
        MemoryDisk disk = rig.Disk.Copy();
        using Store probe = StoreRig.Open(disk.Copy());
        return (disk, probe.Logs.ToDictionary(log => log.Id, log => new LogContent(StoreRig.ReadAll(log), MarksOf(log))));
    }

    private static void RunUnit(StoreRig rig, List<StoredLog> logs, SeededRandom random)
    {
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoredLog source = logs[random.Next(logs.Count)];
        StoreRig.Append(logs[random.Next(logs.Count)], 2, random.Next(400), unit: unit);
        StoreRig.Settle(source, source.StartOffset, source.StartOffset + 2, unit);
        StoreRig.Mark(source, unit, new OffsetMark(source.StartOffset + 5, 1));
        if (!random.Chance(30))
        {
            rig.Commit(unit.Complete());
        }
    }

    internal static string Choose(MemoryDisk disk, SeededRandom random)
    {
        List<string> names = [.. disk.List(StoreRig.Directory).Where(name => disk.Content(Path.Combine(StoreRig.Directory, name)).Length > 0)];
        return Path.Combine(StoreRig.Directory, names[random.Next(names.Count)]);
    }

    private static int Check(Store store, Dictionary<ulong, LogContent> expected, string what)
    {
        int quarantined = 0;
        Assert.Equal(expected.Keys.Order(), store.Logs.Select(log => log.Id).Order());
        foreach (StoredLog log in store.Logs)
        {
            List<long> found = ReadAll(log);
            if (log.Quarantine is null)
            {
                Assert.True(expected[log.Id].Offsets.SequenceEqual(found), $"{what}: log {log.Id} lost something silently.");
                Assert.True(expected[log.Id].Marks.SequenceEqual(MarksOf(log)), $"{what}: log {log.Id} lost marks silently.");
            }
            else
            {
                quarantined++;
            }
        }

        return quarantined;
    }

    /// <summary>Reads and tests what can be read; stops where the log is quarantined.</summary>
    private static List<long> ReadAll(StoredLog log)
    {
        List<long> offsets = [];
        using LoadWait wait = new();
        using LogReader reader = log.OpenReader();
        for (long offset = log.NextUnsettled(0); offset < log.EndOffset && log.Quarantine is null;)
        {
            lock (log.Gate)
            {
                ReadStatus status = reader.TryRead(offset, out RecordView record);
                if (status == ReadStatus.Found)
                {
                    StoreRig.Check(log, record);
                    offsets.Add(offset);
                }

                if (status != ReadStatus.Cold)
                {
                    offset = log.NextUnsettled(offset + 1);
                    continue;
                }

                reader.Load(offset, wait);
            }

            wait.Wait();
        }

        return offsets;
    }

    internal static List<OffsetMark> MarksOf(StoredLog log) => [.. log.Marks.OrderBy(mark => mark.Offset)];

    /// <summary>What a log holds: unsettled offsets, their marks, and kept offsets.</summary>
    internal sealed record LogContent(List<long> Offsets, List<OffsetMark> Marks)
    {
        public List<long> Kept { get; init; } = [];
    }
}
