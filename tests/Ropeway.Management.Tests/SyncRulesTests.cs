using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Resources;
using Ropeway.Management.Findings;

namespace Ropeway.Management.Tests;

/// <summary>When slow syncs of the disk need a look.</summary>
public sealed class SyncRulesTests : IDisposable
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(1);

    private readonly SteppedRig _rig = new();
    private readonly FindingBoard _board;
    private readonly SyncRules _rules;
    private readonly List<TimeSpan> _syncs = [];

    public SyncRulesTests()
    {
        _board = new FindingBoard(_rig.Time);
        _rules = new SyncRules(_rig.Broker, _board, () => (DurationSpread.Of(_syncs.Select(sync => sync * 2)), DurationSpread.Of(_syncs)));
        Run(seconds: 600, Quick);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void SlowSyncs_CountAfterAMinute_AndUntilAMinuteWithoutThem()
    {
        Run(seconds: 60, TimeSpan.FromMilliseconds(50));
        Assert.Empty(_board.All);

        Run(seconds: 10, TimeSpan.FromMilliseconds(50));
        Finding finding = Assert.Single(_board.All);
        Assert.Equal(("disk.sync", FindingSeverity.Warn), (finding.Key.Id, finding.Severity));
        Assert.Matches("^1 in 100 syncs of the disk takes 5[0-9] ms or longer; half of them usually take 1 ms at most.$", finding.Reading.Text.Fact);
        Assert.Matches("1 in 100 comes after 1[01][0-9] ms or later", finding.Reading.Text.Cause);

        Run(seconds: 70, Quick);
        Assert.Empty(_board.All);
    }

    [Fact]
    public void OneSlowSync_DoesNotCount()
    {
        _syncs.Add(TimeSpan.FromSeconds(3));
        for (int i = 0; i < 120; i++)
        {
            Run(seconds: 1, Quick);
            Assert.Empty(_board.All);
        }
    }

    [Theory]
    [InlineData(9)] // Nobody minds.
    [InlineData(4)]
    public void SyncsThatAreSlowerThanUsual_ButQuick_DoNotCount(int ms)
    {
        Run(seconds: 180, TimeSpan.FromMilliseconds(ms));
        Assert.Empty(_board.All);
    }

    [Fact]
    public void SyncsThatAlwaysWereSlow_CountOnlyWhenTheyAreVerySlow()
    {
        Run(seconds: 2000, TimeSpan.FromMilliseconds(40));
        Assert.Empty(_board.All); // It is a slow disk.

        Run(seconds: 5000, TimeSpan.FromMilliseconds(400));
        Assert.Single(_board.All); // That is usual by now, and too slow all the same.
    }

    private void Run(int seconds, TimeSpan sync)
    {
        for (int i = 0; i < seconds; i++)
        {
            _syncs.Add(sync);
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            _rules.Look();
            _board.EndRound();
        }
    }
}
