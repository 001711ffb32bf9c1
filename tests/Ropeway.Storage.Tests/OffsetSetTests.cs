using Ropeway.Tests;

namespace Ropeway.Storage.Tests;

[Collection(AloneCollection.Name)] // All sets share their spare bitmaps.
public sealed class OffsetSetTests
{
    [Fact]
    public void AddRange_BillionOffsetsInPieces_StaysOneEntry()
    {
        OffsetSet set = new();
        for (long start = 1; start < 1_000_000_000; start += 1_000_003)
        {
            set.AddRange(start, start + 1_000_003);
        }

        Assert.InRange(set.EntryCount, 1, 3);
        Assert.Equal(1, set.First);
        Assert.Equal(set.Count + 1, set.NextUnset(1));
    }

    [Fact]
    public void AddAndRemoveFromTheFront_InSteadyState_AllocatesNothing()
    {
        OffsetSet set = new();
        long least = Allocations.LeastOf(
            () =>
            {
                set = new();
                Shuffle(set, 0, 20_000);
                return set;
            },
            warm => Shuffle(warm, 20_000, 120_000));

        Assert.Equal(0, least);
        Assert.Equal(0, set.Count);
    }

    /// <summary>Acknowledges in pairs the wrong way round, as two consumers of one queue would.</summary>
    private static void Shuffle(OffsetSet set, long start, long end)
    {
        for (long offset = start; offset < end; offset += 2)
        {
            set.Add(offset + 1);
            set.Add(offset);
            set.RemoveRange(0, offset + 2);
        }
    }
}
