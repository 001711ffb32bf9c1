using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Disk;

namespace Ropeway.Storage.Tests.Journaling;

public sealed class JournalPowerCutTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(2_000)]
    [InlineData(3_000)]
    public void Recovery_AfterPowerCutsAtRandomSyncs_HasAllThatWasCommittedAndNoHoles(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 50; seed++)
        {
            RunSeed(seed);
        }
    }

    /// <summary>Random work, power cut before a random sync with a random part of the unsynced writes on the disk, recovery, and again.</summary>
    private static void RunSeed(int seed)
    {
        var numbers = new SeededNumbers((ulong)seed);
        var disk = new FaultyDisk();
        string[] survived = [];
        JournalScanOptions scan = JournalRig.ScanOptions;
        for (int life = 0; life < 4; life++)
        {
            using var rig = new JournalRig(disk, options => options with { Files = 100 }, scan);
            Assert.True(rig.Found.Damages.Count == 0, $"Seed {seed}, life {life}: damage was reported.");
            Assert.True(rig.Found.Texts.SequenceEqual(survived), $"Seed {seed}, life {life}: other batches than before the cut's check.");
            var appended = new List<(ulong Index, string Text)>(survived.Select(text => (0ul, text)));
            FaultyDisk? image = null;
            ulong committed = 0;
            int appendedAtCut = 0;
            int untilCut = numbers.Below(25);
            disk.BeforeSync = _ =>
            {
                if (untilCut-- == 0)
                {
                    image = disk.AfterPowerCut((_, bytes) => numbers.Below(3) switch { 0 => 0, 1 => bytes, _ => numbers.Below(bytes + 1) });
                    committed = rig.Journal.CommittedIndex;
                    appendedAtCut = appended.Count;
                }
            };
            while (image is null)
            {
                Step(rig, numbers, appended, $"{life}.{appended.Count}");
            }

            RecordingVisitor found = JournalRig.Recover(image, out JournalScanResult result);
            string[] all = [.. appended.Take(appendedAtCut).Select(entry => entry.Text)];
            survived = [.. found.Texts];
            int mustHave = appended.Take(appendedAtCut).Count(entry => entry.Index <= committed);
            Assert.True(found.Damages.Count == 0, $"Seed {seed}, life {life}: a power cut was taken for damage.");
            Assert.True(survived.Length >= mustHave, $"Seed {seed}, life {life}: {survived.Length} of {mustHave} committed batches.");
            Assert.True(survived.SequenceEqual(all.Take(survived.Length)), $"Seed {seed}, life {life}: wrong batches.");
            Assert.True(result.CutBytes >= 0);
            disk = image;
        }
    }

    private static void Step(JournalRig rig, SeededNumbers numbers, List<(ulong Index, string Text)> appended, string name)
    {
        switch (numbers.Below(8))
        {
            case < 4:
                string text = name + new string('.', numbers.Below(10) == 0 ? numbers.Below(3000) : numbers.Below(60));
                appended.Add((rig.Append(text).Index, text));
                break;
            case < 6:
                rig.Journal.RunCommit();
                break;
            case 6:
                rig.Journal.RunMark();
                break;
            default:
                rig.Journal.RunFileWork();
                break;
        }
    }
}
