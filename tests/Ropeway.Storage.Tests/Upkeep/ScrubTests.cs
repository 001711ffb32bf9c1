using System.Buffers;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Stores;

namespace Ropeway.Storage.Tests.Upkeep;

/// <summary>Damage of files at rest is found in an open store, costs exactly what it hit, and stops nothing else.</summary>
public sealed class ScrubTests
{
    [Fact]
    public void Scrub_WholeStore_ReadsEverythingAndFindsNothing()
    {
        using StoreRig rig = new();
        Fill(rig);
        rig.Store.Scrub();
        ScrubReport report = rig.Store.Scrubbing;
        Assert.Empty(report.Damages);
        Assert.Equal(1, report.PassCount);
        Assert.True(report.ReadBytes > rig.Store.GetStatistics().SegmentBytes);
    }

    [Fact]
    public void Scrub_DamagedSegmentBatch_QuarantinesItsLogAndRescuesTheOthers()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig);
        string name = First(rig, "segment-");
        rig.Disk.Rot(PathOf(name), 64 + 48 + 20);
        rig.Store.Scrub();
        rig.Store.Scrub();

        StoreDamage damage = Assert.Single(rig.Store.Scrubbing.Damages);
        Assert.Equal((DamageKind.SegmentBatch, name, 64L), (damage.Kind, damage.File, damage.Position));
        DamageVictim victim = Assert.Single(damage.Victims);
        Assert.Contains($"offsets {victim.FirstOffset} to {victim.EndOffset} are damaged in {name} at position 64", rig.Log(victim.LogId).Quarantine, StringComparison.Ordinal);
        AssertOthersServe(rig, logs, victim.LogId);

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.DoesNotContain(name, rig.Disk.List(StoreRig.Directory)); // All that is whole was moved out.
        Assert.Contains(rig.Disk.List(PathOf("quarantine")), saved => saved.StartsWith($"log-{victim.LogId}-", StringComparison.Ordinal));
        rig.Store.Dispose();
        MemoryDisk disk = rig.Disk.Copy();
        Assert.True(StoreRepair.Run(StoreRig.Options(disk), acceptLoss: false).After.IsWhole);
        rig.ReopenOn(disk);
        List<long> left = StoreRig.ReadAll(rig.Log(victim.LogId));
        Assert.Equal(600 - victim.LostCount, left.Count);
        Assert.DoesNotContain(left, offset => offset >= victim.FirstOffset && offset < victim.EndOffset);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-10)]
    public void Scrub_DamagedHeaderOrFooterOfASegment_HealsIt(int position)
    {
        using StoreRig rig = new();
        List<StoredLog> logs = Fill(rig);
        string name = First(rig, "segment-");
        rig.Disk.Rot(PathOf(name), position > 0 ? position : rig.Disk.Content(PathOf(name)).Length + position);
        rig.Store.Scrub();
        Assert.Equal(DamageKind.SegmentFile, Assert.Single(rig.Store.Scrubbing.Damages).Kind);
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        AssertOthersServe(rig, logs, victim: 0);
        rig.Store.Dispose();
        Assert.True(StoreVerification.Run(StoreRig.Options(rig.Disk.Copy())).IsWhole);
    }

    [Fact]
    public async Task Scrub_DamagedBody_QuarantinesItsLog()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        ulong body = await rig.Store.WriteBodyAsync(new ReadOnlySequence<byte>(new byte[100_000]), CancellationToken.None);
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppendExternal(30, persistent: true, tag: 0, body);
            StoreRig.Fill(space.Add(30), log.Id, space.FirstOffset);
            space.Complete();
        }

        rig.Store.ReleaseBody(body);
        rig.Disk.Rot(PathOf("body-1"), 5000);
        rig.Store.Scrub();
        Assert.Equal(new DamageVictim(log.Id, BatchType.Messages, 0, 1, 1), Assert.Single(Assert.Single(rig.Store.Scrubbing.Damages).Victims));
        Assert.Equal("offset 0 is damaged in body-1 at position 64", log.Quarantine);
    }

    [Fact]
    public void Scrub_DamagedJournalBatch_LosesExactlyItAndLeavesThePlaceBehind()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        for (int i = 0; i < 70; i++)
        {
            logs.ForEach(log => rig.Commit(StoreRig.Append(log, 4, 500))); // More than the tail keeps in memory.
        }

        long position = FindInJournal(rig, header => header.Type == BatchType.Messages && header.LogId == logs[1].Id && header.FirstOffset == 8);
        rig.Disk.Rot(PathOf("journal-0"), position + 100);
        rig.Store.Scrub();

        StoreDamage damage = Assert.Single(rig.Store.Scrubbing.Damages);
        Assert.Equal((DamageKind.Journal, "journal-0", position), (damage.Kind, damage.File, damage.Position));
        Assert.Equal(new DamageVictim(logs[1].Id, BatchType.Messages, 8, 12, 4), Assert.Single(damage.Victims));
        Assert.Contains("offsets 8 to 12 are damaged in the journal", logs[1].Quarantine, StringComparison.Ordinal);
        AssertOthersServe(rig, logs, logs[1].Id);

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        rig.Store.Dispose();
        MemoryDisk disk = rig.Disk.Copy();
        Assert.Equal(DamageKind.QuarantinedLog, Assert.Single(StoreVerification.Run(StoreRig.Options(disk)).Damages).Kind);
        StoreRepair.Run(StoreRig.Options(disk), acceptLoss: false);
        rig.ReopenOn(disk);
        Assert.Equal(Enumerable.Range(0, 280).Select(offset => (long)offset).Where(offset => offset is < 8 or >= 12), StoreRig.ReadAll(rig.Log(logs[1].Id)));
    }

    [Fact]
    public void Scrub_DamagedSharedPart_LosesExactlyWhatRefersToIt()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        for (int i = 0; i < 70; i++)
        {
            rig.Commit(SharedRecords.Append(logs[(i % 2)..], count: 2, sharedBytes: 1500, number: i)); // The first log has every other one.
            logs.ForEach(log => StoreRig.Append(log, 1, 500));
        }

        int parts = 0;
        long position = FindInJournal(rig, header => header.Type == BatchType.SharedPart && ++parts == 4);
        rig.Disk.Rot(PathOf("journal-0"), position + 100);
        rig.Store.Scrub();

        StoreDamage damage = Assert.Single(rig.Store.Scrubbing.Damages);
        Assert.Equal((DamageKind.Journal, "journal-0", position), (damage.Kind, damage.File, damage.Position));
        Assert.Equal([new(logs[1].Id, BatchType.Messages, 9, 11, 2), new(logs[2].Id, BatchType.Messages, 9, 11, 2)], damage.Victims.OrderBy(victim => victim.LogId));
        Assert.All(logs[1..], log => Assert.Contains("offsets 9 to 11 are damaged in the journal", log.Quarantine, StringComparison.Ordinal));
        Assert.Null(logs[0].Quarantine);
        Assert.Equal(140, StoreRig.ReadAll(logs[0]).Count);

        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        rig.Store.Dispose();
        MemoryDisk disk = rig.Disk.Copy();
        StoreRepair.Run(StoreRig.Options(disk), acceptLoss: false);
        rig.ReopenOn(disk);
        Assert.All(logs[1..], log => Assert.Equal(Enumerable.Range(0, 210).Select(offset => (long)offset).Where(offset => offset is < 9 or >= 11), StoreRig.ReadAll(rig.Log(log.Id))));
    }

    [Fact]
    public void Scrub_DamagedJournalThatIsInMemory_LosesNothing()
    {
        using StoreRig rig = new(tailBytesMax: 8 * 1024 * 1024);
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        for (int i = 0; i < 70; i++)
        {
            logs.ForEach(log => rig.Commit(StoreRig.Append(log, 4, 500)));
            rig.Commit(StoreRig.Settle(logs[0], i, i + 1));
        }

        rig.Disk.Rot(PathOf("journal-0"), FindInJournal(rig, header => header.Type == BatchType.Messages && header.LogId == logs[1].Id && header.FirstOffset == 8) + 100);
        rig.Disk.Rot(PathOf("journal-0"), FindInJournal(rig, header => header.Type == BatchType.Settle && header.LogId == logs[0].Id) + 50);
        rig.Store.Scrub();
        Assert.Equal(2, rig.Store.Scrubbing.Damages.Count);
        Assert.All(rig.Store.Scrubbing.Damages, damage => Assert.Empty(damage.Victims));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.True(StoreVerification.Run(StoreRig.Options(rig.Disk.Copy())).IsWhole);
        rig.ReopenAfterKill();
        Assert.All(logs, log => Assert.Equal(log == logs[0] ? 210 : 280, StoreRig.ReadAll(rig.Log(log.Id)).Count));
    }

    [Fact]
    public void Scrub_WhileTheStoreWorks_FindsNothingAndStopsNothing()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        using ManualResetEventSlim stop = new();
        Thread scrubbing = new(() =>
        {
            while (!stop.IsSet)
            {
                rig.Store.Scrub();
            }
        });
        scrubbing.Start();
        for (int i = 0; i < 400; i++)
        {
            foreach (StoredLog log in logs)
            {
                rig.Commit(StoreRig.Append(log, 5, 400));
                StoreRig.Settle(log, i * 4, (i * 4) + 4);
            }
        }

        stop.Set();
        scrubbing.Join();
        Assert.Empty(rig.Store.Scrubbing.Damages);
        Assert.All(logs, log => Assert.Equal(400, StoreRig.ReadAll(log).Count));
    }

    [Fact]
    public void Take_ReadsOfOneMebibyte_AreSpreadOverTheSeconds()
    {
        FakeTimeProvider time = new();
        ReadPace pace = new(1024 * 1024, time);
        Assert.Equal(TimeSpan.Zero, pace.Take(1024 * 1024));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Take(512 * 1024));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(0.5), pace.Take(1024 * 1024));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, pace.Take(1024 * 1024)); // Idle time is not saved up.
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Take(1));
    }

    [Fact]
    public void Background_AfterTheInterval_ScrubsAtTheRate()
    {
        FakeTimeProvider time = new();
        MemoryDisk disk = new();
        using (StoreRig rig = new())
        {
            Fill(rig);
            rig.Store.Dispose();
            disk = rig.Disk.Copy();
        }

        using Store store = Store.Open(StoreRig.Options(disk) with { Time = time, Scrub = new ScrubOptions { BytesPerSecond = 64 * 1024, Interval = TimeSpan.FromMinutes(30) } });
        DateTimeOffset start = time.GetUtcNow();
        time.Advance(TimeSpan.FromMinutes(30));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100)); // Each pause of the pass ends by the clock only.
                return store.Scrubbing.PassCount > 0;
            },
            Deadline.Milliseconds));
        ScrubReport report = store.Scrubbing;
        Assert.True(report.ReadBytes > 100_000);
        TimeSpan taken = report.LastPass!.Value - start - TimeSpan.FromMinutes(30);
        Assert.True(taken.TotalSeconds * 64 * 1024 > report.ReadBytes - (1024 * 1024), $"{report.ReadBytes} bytes in {taken}");
    }

    private static List<StoredLog> Fill(StoreRig rig)
    {
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, 3);
        for (int i = 0; i < 60; i++)
        {
            logs.ForEach(log => rig.Commit(StoreRig.Append(log, 10, 500)));
        }

        rig.Store.Checkpoint();
        return logs;
    }

    private static void AssertOthersServe(StoreRig rig, List<StoredLog> logs, ulong victim)
    {
        foreach (StoredLog log in logs.Where(log => log.Id != victim))
        {
            Assert.Null(log.Quarantine);
            Assert.Equal(log.UnsettledCount, StoreRig.ReadAll(log).Count);
            Assert.True(log.UnsettledCount >= 280);
            rig.Commit(StoreRig.Append(log, 1, 10));
        }
    }

    private static string PathOf(string name) => Path.Combine(StoreRig.Directory, name);

    private static string First(StoreRig rig, string prefix) => rig.Disk.List(StoreRig.Directory).First(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static long FindInJournal(StoreRig rig, Func<BatchHeader, bool> isWanted)
    {
        byte[] bytes = rig.Disk.Content(PathOf("journal-0"));
        for (int at = 0; at < bytes.Length - BatchHeader.HeaderBytes; at += 8)
        {
            if (BatchHeader.TryValidate(bytes.AsSpan(at), (ulong)at, out BatchHeader header) && isWanted(header))
            {
                return at;
            }
        }

        throw new InvalidOperationException("No batch of the journal fits.");
    }
}
