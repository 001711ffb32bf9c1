using Ropeway.Core.Queues.Groups;

namespace Ropeway.Core.Tests.Queues.Groups;

public sealed class HeldGroupsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Heap_RandomOperations_HasTheGroupWithTheFirstMessageOnTop(int seed)
    {
        var random = new SeededNumbers(seed);
        var heap = new HeldGroups(null!);
        GroupState[] groups = [.. Enumerable.Range(0, 40).Select(_ => new GroupState())];
        for (int step = 0; step < 5_000; step++)
        {
            GroupState group = groups[random.Next(groups.Length)];
            if (group.Heap is null)
            {
                group.Waiting.Add(NewPlace(random, groups));
                heap.Add(group);
            }
            else if (random.Next(3) == 0)
            {
                group.Waiting.Clear();
                heap.Remove(group);
            }
            else
            {
                long before = group.Waiting.First;
                group.Waiting.Add(NewPlace(random, groups));
                if (random.Next(2) == 0)
                {
                    group.Waiting.Remove(before);
                }

                heap.Update(group);
            }

            Assert.Equal(groups.Where(member => member.Heap is not null).MinBy(member => member.Waiting.First), heap.First);
        }
    }

    private static long NewPlace(SeededNumbers random, GroupState[] groups)
    {
        while (true)
        {
            long place = random.Next(100_000);
            if (groups.All(group => !group.Waiting.Contains(place)))
            {
                return place;
            }
        }
    }
}
