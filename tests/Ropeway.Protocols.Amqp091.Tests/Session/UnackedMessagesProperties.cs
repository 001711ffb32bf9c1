using Ropeway.Protocols.Amqp091.Session;
using Ropeway.Tests;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>UnackedMessages against a plain list, over random sequences.</summary>
public sealed class UnackedMessagesProperties
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 100)]
    [InlineData(3, 2000)]
    [InlineData(4, 20_000)]
    public void RandomOperations_AgreeWithAList(int seed, int windowMax)
    {
        var random = new SeededRandom(seed);
        var unacked = new UnackedMessages();
        var model = new SortedDictionary<ulong, long>();
        ulong tag = 0;
        long offset = 0;
        for (int step = 0; step < 50_000; step++)
        {
            switch (random.Next(model.Count >= windowMax ? 3 : 8))
            {
                case 0 when model.Count > 0:
                    ulong known = model.Keys.ElementAt(random.Next(Math.Min(model.Count, 200)));
                    Assert.True(unacked.TryTake(known, out UnackedRun one));
                    Assert.Equal((model[known], model[known] + 1), (one.Start, one.End));
                    model.Remove(known);
                    break;
                case 1 when model.Count > 0:
                    TakeUpTo(model.Keys.ElementAt(random.Next(Math.Min(model.Count, 200))), unacked, model);
                    break;
                case 2 when step % 10 == 0 && model.Count > 0:
                    ulong last = model.Keys.ElementAt(random.Next(Math.Min(model.Count, 200)));
                    var taken = new List<UnackedRun>();
                    unacked.TakeOf(null!, last, taken); // All are of the same.
                    Assert.Equal(model.TakeWhile(pair => pair.Key <= last).Select(pair => pair.Value), taken.SelectMany(OffsetsOf));
                    foreach (ulong gone in model.Keys.TakeWhile(key => key <= last).ToArray())
                    {
                        model.Remove(gone);
                    }

                    break;
                case 2:
                    ulong unknown = tag + 1 + (ulong)random.Next(70);
                    Assert.False(unacked.TryTake(unknown, out _));
                    break;
                default:
                    tag += random.Next(20) == 0 ? 2u : 1u; // Another queue's delivery between.
                    offset += random.Next(20) == 0 ? 5 : 1;
                    unacked.Add(tag, null!, null, offset, nowMs: 0);
                    model.Add(tag, offset);
                    break;
            }

            Assert.Equal(model.Count, unacked.Count);
            if (step % 100 == 0)
            {
                Assert.Equal(model.Values, unacked.RunsOf(null!).SelectMany(OffsetsOf));
            }
        }

        TakeUpTo(ulong.MaxValue, unacked, model);
        Assert.Equal(0, unacked.Count);
    }

    [Fact]
    public void TryTake_Twice_IsRefusedTheSecondTime()
    {
        var unacked = new UnackedMessages();
        unacked.Add(1, null!, null, 10, nowMs: 0);
        Assert.True(unacked.TryTake(1, out _));
        Assert.False(unacked.TryTake(1, out _));
    }

    [Fact]
    public void Add_AMillionOfOneQueue_StaysSmall()
    {
        const long BytesMax = 4_000_000;
        long least = Allocations.LeastOf(
            () => new UnackedMessages(),
            unacked =>
            {
                for (ulong tag = 1; tag <= 1_000_000; tag++)
                {
                    unacked.Add(tag, null!, null, (long)tag, nowMs: 0);
                }
            },
            BytesMax);

        Assert.InRange(least, 0, BytesMax);
    }

    private static IEnumerable<long> OffsetsOf(UnackedRun run) => Enumerable.Range(0, run.Count).Select(n => run.Start + n);

    private static void TakeUpTo(ulong last, UnackedMessages unacked, SortedDictionary<ulong, long> model)
    {
        var taken = new List<long>();
        while (unacked.TryTakeFirst(last, out UnackedRun run))
        {
            for (long at = run.Start; at < run.End; at++)
            {
                taken.Add(at);
            }
        }

        ulong[] keys = [.. model.Keys.TakeWhile(key => key <= last)];
        Assert.Equal(keys.Select(key => model[key]), taken);
        foreach (ulong key in keys)
        {
            model.Remove(key);
        }
    }
}
