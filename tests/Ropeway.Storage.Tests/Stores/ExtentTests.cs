namespace Ropeway.Storage.Tests.Stores;

public sealed class ExtentTests : IDisposable
{
    private readonly StoreRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RecoveredExtents_AmongOtherLogs_CountsWhatIsTheLogs(bool moved)
    {
        StoredLog log = _rig.CreateLog();
        StoredLog other = _rig.CreateLog();
        ulong index = 0;
        for (int i = 0; i < 100; i++)
        {
            StoreRig.Append(log, count: 2, payloadBytes: 100);
            index = StoreRig.Append(other, count: 1, payloadBytes: 1_000);
        }

        _rig.Commit(index);
        if (moved)
        {
            _rig.Store.Checkpoint();
        }

        ulong id = log.Id;
        _rig.ReopenAfterKill();
        LogExtent[] extents = Extents(_rig.Log(id));

        Assert.Equal(0, extents[0].Start);
        Assert.Equal(200, extents[^1].End);
        Assert.InRange(extents.Sum(extent => extent.Bytes), 200 * 100, 200 * 200);
        Assert.All(extents.Zip(extents.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
    }

    [Fact]
    public async Task RecoveredExtents_BodyInAFile_IsKnown()
    {
        StoredLog log = _rig.CreateLog();
        ulong body = await _rig.Store.WriteBodyAsync(new(new byte[50_000]), CancellationToken.None);
        ulong index;
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppendExternal(10, persistent: true, tag: 0, body);
            space.Add(10).Clear();
            index = space.Complete();
        }

        _rig.Commit(index);
        _rig.Store.ReleaseBody(body);
        ulong id = log.Id;
        _rig.ReopenAfterKill();

        LogExtent extent = Assert.Single(Extents(_rig.Log(id)));
        Assert.InRange(extent.Bytes, 10, 1_000);
        Assert.InRange(_rig.Log(id).BodyBytesOf(extent), 50_000, 51_000);
    }

    private static LogExtent[] Extents(StoredLog log)
    {
        lock (log.Gate)
        {
            return [.. log.RecoveredExtents()];
        }
    }
}
