using Ropeway.Core.Queues.Groups;

namespace Ropeway.Core.Tests.Queues.Groups;

public sealed class PlaceListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void List_RandomOperations_IsTheSortedSet(int seed)
    {
        var random = new SeededNumbers(seed);
        var list = new PlaceList();
        var model = new SortedSet<long>();
        for (int step = 0; step < 5_000; step++)
        {
            long place = random.Next(3) == 0 ? random.Next(500) : model.Max + random.Next(3);
            switch (random.Next(step % 1_000 < 500 ? 3 : 8))
            {
                case < 2 when !model.Contains(place):
                    list.Add(place);
                    model.Add(place);
                    break;
                case < 6 when model.Count > 0:
                    Assert.True(list.Remove(model.Min));
                    model.Remove(model.Min);
                    break;
                case 6:
                    Assert.Equal(model.Remove(place), list.Remove(place));
                    break;
                case 7 when random.Next(50) == 0:
                    list.Clear();
                    model.Clear();
                    break;
            }

            Assert.Equal(model.Contains(place), list.Contains(place));
            Assert.Equal(model, list.Places.ToArray());
            Assert.Equal(model.Count, list.Count);
            Assert.True(model.Count == 0 || model.Min == list.First);
        }
    }
}
