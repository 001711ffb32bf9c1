using FsCheck;
using FsCheck.Fluent;

namespace Ropeway.Storage.Tests;

public sealed class OffsetSetProperties
{
    /// <summary>Small enough for overlaps, large enough for several chunks with boundaries at 4,096.</summary>
    private const int Universe = 5 * 4096 + 100;

    [Fact]
    public void AnyOperations_BehaveLikeASortedSet() =>
        Prop.ForAll(Operations(), RunAgainstModel).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static Arbitrary<(int Kind, int Start, int Length)[]> Operations()
    {
        Gen<int> start = Gen.OneOf(Gen.Choose(0, Universe), Gen.Choose(0, 6).Select(chunk => chunk * 4096));
        Gen<int> length = Gen.Frequency((4, Gen.Choose(1, 3)), (2, Gen.Choose(1, 600)), (2, Gen.Choose(4000, 9000)), (1, Gen.Choose(1, 3).Select(n => n * 4096)));
        return (from kind in Gen.Choose(0, 4)
                from s in start
                from l in length
                select (kind, s, l)).ArrayOf().ToArbitrary();
    }

    private static bool RunAgainstModel((int Kind, int Start, int Length)[] operations)
    {
        OffsetSet set = new();
        SortedSet<long> model = [];
        foreach ((int kind, int start, int length) in operations)
        {
            if (kind < 3)
            {
                int fresh = Enumerable.Range(start, length).Count(o => model.Add(o));
                Assert.Equal(fresh, set.AddRange(start, start + length));
            }
            else if (kind == 3)
            {
                int gone = Enumerable.Range(start, length).Count(o => model.Remove(o));
                Assert.Equal(gone, set.RemoveRange(start, start + length));
            }
            else
            {
                Assert.Equal(model.Remove(start), set.Remove(start));
                Assert.Equal(model.Add(start + 1), set.Add(start + 1));
            }

            Compare(set, model, start, length);
        }

        Assert.Equal(model, set.Ranges().SelectMany(range => Enumerable.Range((int)range.Start, (int)range.Count)).Select(o => (long)o));
        set.Clear();
        return set.Count == 0 && set.First == OffsetSet.None;
    }

    private static void Compare(OffsetSet set, SortedSet<long> model, int start, int length)
    {
        Assert.Equal(model.Count, set.Count);
        Assert.Equal(model.Count == 0 ? OffsetSet.None : model.Min, set.First);
        foreach (int probe in (int[])[start - 1, start, start + length - 1, start + length, 4095, 4096])
        {
            long from = Math.Max(0, probe);
            Assert.Equal(model.Contains(from), set.Contains(from));
            SortedSet<long> above = model.GetViewBetween(from, long.MaxValue);
            Assert.Equal(above.Count == 0 ? OffsetSet.None : above.Min, set.NextSet(from));
            long unset = from;
            while (model.Contains(unset))
            {
                unset++;
            }

            Assert.Equal(unset, set.NextUnset(from));
            Assert.Equal(model.GetViewBetween(from, from + 5000 - 1).Count, set.CountIn(from, from + 5000));
        }
    }
}
