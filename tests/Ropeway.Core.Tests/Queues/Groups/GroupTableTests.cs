using System.Text;
using Ropeway.Core.Queues.Groups;

namespace Ropeway.Core.Tests.Queues.Groups;

public sealed class GroupTableTests
{
    [Fact]
    public void Table_ManyGroups_FindsEachByItsBytes()
    {
        var table = new GroupTable();
        GroupState[] groups = [.. Enumerable.Range(0, 5_000).Select(number => table.GetOrAdd(Id(number)))];

        Assert.Equal(5_000, groups.Distinct().Count());
        Assert.All(groups.Index(), pair => Assert.Same(pair.Item, table.GetOrAdd(Id(pair.Index))));
        for (int number = 0; number < 5_000; number += 2)
        {
            table.Remove(groups[number]);
        }

        Assert.Equal(2_500, table.ToArray().Length);
        Assert.All(groups.Index().Where(pair => pair.Index % 2 == 1), pair => Assert.Same(pair.Item, table.GetOrAdd(Id(pair.Index))));
        foreach (GroupState group in table.ToArray())
        {
            table.Remove(group);
        }

        Assert.Empty(table.ToArray());
        GroupState again = table.GetOrAdd(Id(7));
        Assert.Equal(Id(7), again.Id.ToArray());
        Assert.True(again.IsIdle);
    }

    private static byte[] Id(int number) => Encoding.ASCII.GetBytes($"customer-{number}");
}
