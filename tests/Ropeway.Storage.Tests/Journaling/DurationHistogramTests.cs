using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Journaling;

/// <summary>Durations are told to within an eighth.</summary>
public sealed class DurationHistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1_000)]
    [InlineData(123_456)]
    [InlineData(60_000_000)]
    public void Percentile_OfOneDuration_IsAtMostAnEighthMore(long us)
    {
        var histogram = new DurationHistogram();
        histogram.Add(TimeSpan.FromMicroseconds(us));

        double found = histogram.Copy().Percentile(0.5)!.Value.TotalMicroseconds;

        Assert.InRange(found, us + 1e-9, (us * 1.125) + 1);
    }

    [Fact]
    public void Percentiles_OfAHundred_AreTheirPlaces()
    {
        var histogram = new DurationHistogram();
        for (int ms = 1; ms <= 100; ms++)
        {
            histogram.Add(TimeSpan.FromMilliseconds(ms));
        }

        DurationCounts counts = histogram.Copy();

        Assert.Equal((100, TimeSpan.FromMilliseconds(5050)), (counts.Count, counts.Total));
        Assert.InRange(counts.Percentile(0.5)!.Value.TotalMilliseconds, 50, 57);
        Assert.InRange(counts.Percentile(0.99)!.Value.TotalMilliseconds, 99, 112);
        Assert.InRange(counts.CountUpTo(TimeSpan.FromMilliseconds(20)), 17, 20);
    }

    [Fact]
    public void Since_AnEarlierCopy_HasWhatCameAfter()
    {
        var histogram = new DurationHistogram();
        histogram.Add(TimeSpan.FromSeconds(1));
        DurationCounts before = histogram.Copy();
        Assert.Null(before.Since(before).Percentile(0.99));

        histogram.Add(TimeSpan.FromMilliseconds(1));

        Assert.InRange(histogram.Copy().Since(before).Percentile(0.99)!.Value.TotalMilliseconds, 1, 1.2);
    }

    [Fact]
    public void Longest_Durations_AreKept()
    {
        var histogram = new DurationHistogram();
        histogram.Add(TimeSpan.FromDays(100));

        Assert.True(histogram.Copy().Percentile(1) > TimeSpan.FromMinutes(10));
    }
}
