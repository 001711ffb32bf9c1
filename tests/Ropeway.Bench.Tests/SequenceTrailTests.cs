using FsCheck;
using FsCheck.Fluent;
using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class SequenceTrailTests
{
    [Fact]
    public void Add_AllInOrder_IsPerfect()
    {
        SequenceTrail trail = TrailOf(Enumerable.Range(0, 200_000).Select(i => (long)i));

        Assert.Equal(200_000, trail.Count);
        Assert.Equal(0, trail.MissingOf(200_000));
        Assert.Equal(0, trail.Holes);
        Assert.Equal(0, trail.DuplicateCount);
        Assert.Equal(0, trail.DisorderCount);
    }

    [Fact]
    public void Add_OneMissing_CountsIt()
    {
        SequenceTrail trail = TrailOf([0, 1, 3, 4]);

        Assert.Equal(1, trail.MissingOf(5));
        Assert.Equal(1, trail.Holes);
    }

    [Fact]
    public void Add_TheLastMissing_IsNoHoleButMissing()
    {
        SequenceTrail trail = TrailOf([0, 1, 2]);

        Assert.Equal(1, trail.MissingOf(4));
        Assert.Equal(0, trail.Holes);
    }

    [Fact]
    public void Add_OneTwice_IsADuplicateAndNoDisorder()
    {
        SequenceTrail trail = TrailOf([0, 1, 1, 2]);

        Assert.Equal(1, trail.DuplicateCount);
        Assert.Equal(0, trail.DisorderCount);
        Assert.Equal(3, trail.Count);
    }

    [Fact]
    public void Add_AnOlderOneLate_IsDisorder()
    {
        SequenceTrail trail = TrailOf([0, 2, 1, 3]);

        Assert.Equal(1, trail.DisorderCount);
        Assert.Equal(0, trail.Holes);
    }

    [Fact]
    public void Holes_BacklogThatBeginsLater_CountsFromTheFirstThatArrived()
    {
        SequenceTrail trail = TrailOf([70_000, 70_001, 70_003]);

        Assert.Equal(1, trail.Holes);
        Assert.Equal(70_000, trail.Lowest);
    }

    [Fact]
    public void UnionWith_AnySplitOverTwoConsumers_SeesExactlyWhatOneWould() => Prop.ForAll(
        ArbMap.Default.ArbFor<(ushort Sequence, bool IsFirst)[]>(),
        arrivals =>
        {
            SequenceTrail first = TrailOf(arrivals.Where(arrival => arrival.IsFirst).Select(arrival => arrival.Sequence * 5L));
            SequenceTrail second = TrailOf(arrivals.Where(arrival => !arrival.IsFirst).Select(arrival => arrival.Sequence * 5L));
            var seen = new HashSet<long>(arrivals.Select(arrival => arrival.Sequence * 5L));

            first.UnionWith(second);

            return first.Count == seen.Count
                && first.DuplicateCount == arrivals.Length - seen.Count
                && (seen.Count == 0 || (first.Lowest == seen.Min() && first.Highest == seen.Max()));
        }).QuickCheckThrowOnFailure();

    private static SequenceTrail TrailOf(IEnumerable<long> sequences)
    {
        var trail = new SequenceTrail();
        foreach (long sequence in sequences)
        {
            trail.Add(sequence);
        }

        return trail;
    }
}
