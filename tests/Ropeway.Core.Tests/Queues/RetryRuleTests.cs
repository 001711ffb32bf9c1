using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Queues;

public sealed class RetryRuleTests
{
    [Theory]
    [InlineData(null, 100, 450, new long[] { 100, 200, 300, 400, 450, 450 })] // RabbitMQ's.
    [InlineData(1L, 100, 450, new long[] { 100, 100, 100 })]
    [InlineData(2L, 100, 1_000, new long[] { 100, 200, 400, 800, 1_000, 1_000 })]
    [InlineData(10L, 7, RetryRule.DelayHighestMs, new long[] { 7, 70, 700, 7_000 })]
    [InlineData(2L, 500, 300, new long[] { 300, 300 })]
    public void DelayMs_EachTime_IsWhatTheMultiplierSays(long? multiplier, long minMs, long maxMs, long[] expected)
    {
        var rule = new RetryRule(RetryKind.All, minMs, maxMs, multiplier);

        Assert.Equal(expected, Enumerable.Range(1, expected.Length).Select(count => rule.DelayMs(count, () => 0.9)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    [InlineData(RetryRule.MultiplierHighest)]
    public void DelayMs_HighestOfEverything_StaysInBounds(long? multiplier)
    {
        var rule = new RetryRule(RetryKind.All, RetryRule.DelayHighestMs - 1, RetryRule.DelayHighestMs, multiplier, JitterPercent: 100);

        Assert.All(Enumerable.Range(1, 70_000), count => Assert.InRange(rule.DelayMs(count, () => 0), RetryRule.DelayHighestMs - 1, RetryRule.DelayHighestMs));
    }

    [Theory]
    [InlineData(0, 0.5, 1_000)]
    [InlineData(30, 0, 1_000)]
    [InlineData(30, 0.5, 850)]
    [InlineData(30, 0.999_999, 701)]
    [InlineData(100, 0.25, 750)]
    public void DelayMs_Jitter_TakesAPartAway(int percent, double chance, long expected) =>
        Assert.Equal(expected, new RetryRule(RetryKind.All, 1_000, 1_000, Multiplier: null, percent).DelayMs(1, () => chance));

    [Theory]
    [InlineData(RetryKind.All, true, true)]
    [InlineData(RetryKind.Failed, true, false)]
    [InlineData(RetryKind.Returned, false, true)]
    public void Covers_Kinds_AreRabbitMqs(RetryKind kind, bool failed, bool returned)
    {
        var rule = new RetryRule(kind, 1, 1);

        Assert.Equal((failed, returned), (rule.Covers(isFailed: true), rule.Covers(isFailed: false)));
    }
}
