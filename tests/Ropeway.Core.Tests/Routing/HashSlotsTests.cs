using FsCheck;
using FsCheck.Fluent;
using Ropeway.Core.Routing;

namespace Ropeway.Core.Tests.Routing;

public sealed class HashSlotsTests
{
    /// <summary>Few hashes, among them those of special slots, that share slots in small tables, and that differ above 32 bits only.</summary>
    private static readonly Gen<ulong> Hash = Gen.Elements<ulong>(0, 1, 2, 3, 4, 5, 8, 12, 67, 0x1_0000_0003, ulong.MaxValue);

    [Fact]
    public void Find_AfterAnyAddsReplacementsAndRemovals_AgreesWithList() =>
        Prop.ForAll(
            Gen.Zip(Hash, Gen.Choose(0, 3)).ListOf(60).ToArbitrary(),
            steps =>
            {
                var slots = new HashSlots<Entry>();
                var model = new List<Entry>();
                foreach ((ulong hash, int what) in steps)
                {
                    Change(slots, model, hash, what);
                }

                return slots.Count == model.Count
                    && model.ToHashSet().SetEquals(slots.Values)
                    && steps.All(step => Found(slots, step.Item1).SetEquals(model.Where(entry => entry.Hash == step.Item1)));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Find_ManyAddedAndMostRemoved_FindsTheRest()
    {
        const int Count = 20_000;
        var slots = new HashSlots<Entry>();
        Entry[] entries = [.. Enumerable.Range(0, Count).Select(i => new Entry((ulong)i * 7))];
        Array.ForEach(entries, entry => slots.Add(entry.Hash, entry));
        Entry[] removed = [.. entries.Where((_, index) => index % 100 != 0)];
        Array.ForEach(removed, entry => slots.Remove(entry.Hash, entry));

        Assert.All(removed, entry => Assert.Empty(Found(slots, entry.Hash)));
        Assert.All(entries.Except(removed), entry => Assert.Single(Found(slots, entry.Hash)));
        Assert.Equal(Count / 100, slots.Count);
    }

    [Fact]
    public async Task Find_WhileOthersComeAndGo_AlwaysFindsThoseThatStay()
    {
        var slots = new HashSlots<Entry>();
        Entry[] staying = [.. Enumerable.Range(0, 50).Select(i => new Entry((ulong)i * 3))];
        Array.ForEach(staying, entry => slots.Add(entry.Hash, entry));
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(() => AddAndRemove(slots, stop.Token));
        int missed = 0;
        for (int i = 0; i < 20_000 && missed == 0; i++)
        {
            missed = staying.Count(entry => !Found(slots, entry.Hash).Contains(entry));
        }

        await stop.CancelAsync();
        await writer;
        Assert.Equal(0, missed);
    }

    private static void Change(HashSlots<Entry> slots, List<Entry> model, ulong hash, int what)
    {
        int place = model.FindIndex(entry => entry.Hash == hash);
        var added = new Entry(hash);
        if (what < 2 || place < 0)
        {
            slots.Add(hash, added);
            model.Add(added);
        }
        else if (what == 2)
        {
            slots.Remove(hash, model[place]);
            model.RemoveAt(place);
        }
        else
        {
            slots.Replace(hash, model[place], added);
            model[place] = added;
        }
    }

    private static void AddAndRemove(HashSlots<Entry> slots, CancellationToken stop)
    {
        Entry[] going = [.. Enumerable.Range(0, 200).Select(i => new Entry((ulong)i * 2))];
        while (!stop.IsCancellationRequested)
        {
            Array.ForEach(going, entry => slots.Add(entry.Hash, entry));
            Array.ForEach(going, entry => slots.Remove(entry.Hash, entry));
        }
    }

    /// <summary>What a reader finds once it has left out what only looks alike.</summary>
    private static HashSet<Entry> Found(HashSlots<Entry> slots, ulong hash)
    {
        var found = new HashSet<Entry>();
        foreach (Entry entry in slots.Find(hash))
        {
            if (entry.Hash == hash)
            {
                found.Add(entry);
            }
        }

        return found;
    }

    private sealed class Entry(ulong hash)
    {
        public ulong Hash { get; } = hash;
    }
}
