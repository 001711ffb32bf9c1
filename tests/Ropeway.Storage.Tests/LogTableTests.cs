namespace Ropeway.Storage.Tests;

/// <summary>The table holds exactly the logs that were added and not removed, also when many want the same place.</summary>
public sealed class LogTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)] // All ids end in the same bits, so that every log but one lies elsewhere than at its own place.
    public void Logs_AddedAndRemoved_AreFoundWhileTheyAreThere(int idStep)
    {
        var random = new SeededNumbers((ulong)idStep);
        var table = new LogTable();
        var wanted = new Dictionary<ulong, StoredLog>();
        for (int i = 0; i < 20_000; i++)
        {
            ulong id = (ulong)((1 + random.Below(299)) * idStep);
            if (random.Below(2) == 0)
            {
                var log = new StoredLog(id, spaces: null!);
                Assert.Equal(wanted.TryAdd(id, log), table.TryAdd(log));
            }
            else
            {
                Assert.Equal(wanted.Remove(id, out StoredLog? removed), table.TryRemove(id, out StoredLog? taken));
                Assert.Same(removed, taken);
            }

            Assert.Equal(wanted.ContainsKey(id), table.TryGet(id, out StoredLog? found));
            Assert.Same(wanted.GetValueOrDefault(id), found);
            Assert.Equal(wanted.Count, table.Count);
        }

        Assert.Equal(wanted.Keys.Order(), table.ToArray().Select(log => log.Id).Order());
    }
}
