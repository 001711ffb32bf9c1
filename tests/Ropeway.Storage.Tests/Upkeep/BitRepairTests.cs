using System.Diagnostics;
using Ropeway.Storage.Tests.Stores;
using Xunit.Abstractions;

namespace Ropeway.Storage.Tests.Upkeep;

/// <summary>Flips single bits anywhere in a directory: what a start detects verify names, and a repair gives back everything but what verify has named.</summary>
public sealed class BitRepairTests(ITestOutputHelper output)
{
    private int _harmless;
    private int _lossless;
    private int _losing;
    private int _accepted;
    private int _unreadable;

    public static TheoryData<string> Fixtures => new(OldFormatTests.Fixtures);

    [Fact]
    public async Task Flip_AnyBit_IsNamedAndRepaired()
    {
        int flipCount = int.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_FLIPS"), out int wanted) ? wanted : 120;
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_FLIP_SEED"), out ulong given) ? given : 1;
        SeededRandom random = new(seed);
        (MemoryDisk disk, Dictionary<ulong, BitFlipTests.LogContent> expected) = await BitFlipTests.FillAsync(random);
        long started = Stopwatch.GetTimestamp();
        for (int flip = 0; flip < flipCount; flip++)
        {
            MemoryDisk image = disk.Copy();
            string path = BitFlipTests.Choose(image, random);
            int at = random.Next(image.Content(path).Length);
            int bit = random.Next(8);
            image.Edit(path, bytes => bytes[at] ^= (byte)(1 << bit));
            Check(image, expected, $"seed {seed}, bit {bit} of byte {at} of {path}");
        }

        output.WriteLine($"seed {seed}, {flipCount} flips in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s: {_harmless} harmless, {_lossless} repaired without a loss, {_losing} without what was hit, {_accepted} of them with the loss accepted");
        Assert.True(_harmless > 0 && _lossless > 0 && _losing > 0 && _accepted == 0 && _unreadable == 0);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void OlderFormat_WholeOrWithAnyBitFlipped_IsNamedAndRepaired(string fixture)
    {
        MemoryDisk disk = OldFormatTests.Load(fixture);
        SortedDictionary<string, byte[]> before = disk.Everything();
        StoreReport report = StoreVerification.Run(StoreRig.Options(disk));
        Assert.True(report.IsWhole);
        Assert.Equal($"store-format-{report.FormatVersion}.zip", fixture);
        Assert.True(StoreRepair.Run(StoreRig.Options(disk), acceptLoss: false).Before.IsWhole);
        Assert.Equal(before, disk.Everything());
        Dictionary<ulong, BitFlipTests.LogContent> expected;
        using (Store store = StoreRig.Open(disk.Copy()))
        {
            expected = store.Logs.ToDictionary(log => log.Id, log => new BitFlipTests.LogContent(StoreRig.ReadAll(log), BitFlipTests.MarksOf(log)) { Kept = StoreRig.KeptIn(log) });
        }

        Assert.Equal(expected.Values.Sum(log => log.Offsets.Count), report.RecordCount);
        SeededRandom random = new(7);
        for (int flip = 0; flip < 60; flip++)
        {
            MemoryDisk image = disk.Copy();
            string path = BitFlipTests.Choose(image, random);
            int at = random.Next(image.Content(path).Length);
            image.Flip(path, at);
            Check(image, expected, $"byte {at} of {path} in {fixture}");
        }

        output.WriteLine($"{_harmless} harmless, {_lossless} repaired without a loss, {_losing} without what was hit, {_accepted} of them with the loss accepted, {_unreadable} not readable");
        Assert.True(_harmless > 0 && _lossless + _losing > 0);
    }

    private void Check(MemoryDisk image, Dictionary<ulong, BitFlipTests.LogContent> expected, string what)
    {
        if (!TryVerify(image, out StoreReport report))
        {
            _unreadable++;
            return;
        }

        if (report.IsWhole)
        {
            _harmless++;
            using Store whole = StoreRig.Open(image);
            AssertContent(whole, expected, [], what); // Nothing that a start detects is passed over.
            return;
        }

        bool hasLoss = report.Damages.Any(damage => damage.Loss is not null);
        RepairReport repaired = StoreRepair.Run(StoreRig.Options(image), acceptLoss: hasLoss);
        Assert.True(repaired.After.IsWhole, $"{what} ({string.Join("; ", report.Damages.Select(damage => damage.Text))}): the repair leaves {string.Join("; ", repaired.After.Damages.Select(damage => damage.Text))}");
        what += $" ({string.Join("; ", report.Damages.Select(damage => damage.Text))})";
        List<DamageVictim> victims = [.. report.Damages.SelectMany(damage => damage.Victims)];
        _losing += report.LostCount > 0 ? 1 : 0;
        _lossless += report.LostCount > 0 ? 0 : 1;
        _accepted += hasLoss ? 1 : 0;
        using Store store = StoreRig.Open(image);
        if (hasLoss)
        {
            Assert.All(store.Logs, log => Assert.Null(log.Quarantine)); // Which records and logs are gone nobody can say.
            return;
        }

        long lost = AssertContent(store, expected, victims, what);
        Assert.True(lost == report.LostCount, $"{what}: {lost} records are lost, verify has named {report.LostCount}.");
    }

    /// <returns>False when no state can be read; then a start is refused, too, and nothing is changed.</returns>
    private static bool TryVerify(MemoryDisk image, out StoreReport report)
    {
        report = null!;
        try
        {
            report = StoreVerification.Run(StoreRig.Options(image));
            return true;
        }
        catch (StoreException fault) when (fault.Kind == StoreFault.Damaged)
        {
            SortedDictionary<string, byte[]> before = image.Everything();
            Assert.Throws<StoreException>(() => StoreRig.Open(image));
            Assert.Throws<StoreException>(() => StoreRepair.Run(StoreRig.Options(image), acceptLoss: true));
            Assert.Equal(before, image.Everything());
            return false;
        }
    }

    /// <summary>Asserts that everything is there but the victims.</summary>
    /// <returns>Records that are not.</returns>
    private static long AssertContent(Store store, Dictionary<ulong, BitFlipTests.LogContent> expected, List<DamageVictim> victims, string what)
    {
        long lost = 0;
        Assert.Equal(expected.Keys.Order(), store.Logs.Select(log => log.Id).Order());
        foreach (StoredLog log in store.Logs)
        {
            Assert.True(log.Quarantine is null, $"{what}: log {log.Id} is quarantined: {log.Quarantine}");
            DamageVictim[] own = [.. victims.Where(victim => victim.LogId == log.Id)];
            List<long> found = [.. StoreRig.ReadAll(log), .. StoreRig.KeptIn(log)]; // Tests every byte of the first.
            List<long> live = [.. expected[log.Id].Offsets, .. expected[log.Id].Kept];
            List<long> missing = [.. live.Except(found)];
            Assert.True(missing.TrueForAll(offset => Array.Exists(own, victim => offset >= victim.FirstOffset && offset < victim.EndOffset)), $"{what}: log {log.Id} lost {string.Join(' ', missing)}, verify has named {string.Join(' ', victims)}.");
            lost += missing.Count;
            if (Array.TrueForAll(own, victim => victim.Type == BatchType.Messages))
            {
                Assert.True(!found.Except(live).Any(), $"{what}: in log {log.Id} something came back.");
                Assert.True(expected[log.Id].Marks.Where(mark => !missing.Contains(mark.Offset)).SequenceEqual(BitFlipTests.MarksOf(log)), $"{what}: log {log.Id} lost marks.");
            }
        }

        return lost;
    }
}
