using Ropeway.Simulation.Broken;

namespace Ropeway.Simulation;

public sealed class BrokenRuleTests
{
    private const int SeedsMax = 10_000;

    public static TheoryData<string> Names => [.. BrokenRule.All.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Simulation_RuleBroken_NoticesIt(string name)
    {
        BrokenRule rule = BrokenRule.All.Single(rule => rule.Name == name);
        Assert.Contains(Enumerable.Range(1, SeedsMax), seed => Simulation.Run((ulong)seed, makeDisk: rule.MakeDisk).Violation is not null);
    }
}
