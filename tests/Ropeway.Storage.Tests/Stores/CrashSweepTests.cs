using Xunit.Abstractions;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>Takes power-cut images in the middle of writes, syncs and moves, opens each of them and compares with what was promised.</summary>
public sealed class CrashSweepTests
{
    private readonly ITestOutputHelper _output;

    public CrashSweepTests(ITestOutputHelper output)
    {
        _output = output;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void PowerCut_AtAnyMoment_KeepsWhatWasPromised(int seed)
    {
        int imageCountMax = int.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_CRASH_IMAGES"), out int wanted) ? wanted : 40;
        ulong first = ulong.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_CRASH_SEED"), out ulong given) ? given : 0;
        _output.WriteLine($"seed {first + (ulong)seed}, {imageCountMax} images");
        CrashSweep sweep = new(first + (ulong)seed, imageCountMax);
        sweep.Run();
        Assert.True(sweep.CheckImages() > imageCountMax / 2, "Too few images were taken.");
    }
}
