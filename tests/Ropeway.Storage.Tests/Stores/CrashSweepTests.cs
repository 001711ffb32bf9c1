using Xunit.Abstractions;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>Takes power-cut images in the middle of writes, syncs and moves, opens each of them and compares with what was promised.</summary>
public sealed class CrashSweepTests
{
    /// <summary>Images of one history: every image is compared with all of its history, so that longer ones would cost more for each.</summary>
    private const int HistoryImages = 40;

    private readonly ITestOutputHelper _output;

    public CrashSweepTests(ITestOutputHelper output)
    {
        _output = output;
    }

    [Fact]
    public void PowerCut_AtAnyMoment_KeepsWhatWasPromised()
    {
        int wanted = int.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_CRASH_IMAGES"), out int images) ? images : 1400;
        ulong first = ulong.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_CRASH_SEED"), out ulong given) ? given : 0;
        HashSet<string> occurred = [];
        int taken = 0;
        for (ulong seed = first + 1; taken < wanted; seed++)
        {
            _output.WriteLine($"seed {seed}"); // Of the last one when it fails: ROPEWAY_CRASH_SEED one below, ROPEWAY_CRASH_IMAGES=1.
            CrashSweep sweep = new(seed, HistoryImages);
            sweep.Run();
            Assert.Equal(HistoryImages, sweep.CheckImages());
            taken += HistoryImages;
            occurred.UnionWith(sweep.Occurrences());
        }

        if (taken < 10 * HistoryImages)
        {
            return; // One history need not have everything.
        }

        Assert.Equal(["recovery cut short", "unit appended", "unit kept", "unit settled, never ended"], occurred.Order(StringComparer.Ordinal));
    }
}
