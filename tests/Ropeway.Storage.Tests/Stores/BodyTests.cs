using System.Buffers;

namespace Ropeway.Storage.Tests.Stores;

public sealed class BodyTests
{
    private const int BodyBytes = (3 * 1024 * 1024) + 17;

    [Fact]
    public async Task ExternalBody_AfterKillAndMove_IsReadBack()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        StoreRig.Append(log, 3, 100);
        rig.Commit(await AppendBodyAsync(rig, log));
        StoreRig.Append(log, 3, 100);
        CheckBody(log, 3);
        rig.ReopenAfterKill();
        CheckBody(rig.Log(log.Id), 3);
        ReclaimTests.Backlog(rig, rig.CreateLog()); // The journal wraps: the record goes to a segment.
        CheckBody(rig.Log(log.Id), 3);
        rig.ReopenCleanly();
        CheckBody(rig.Log(log.Id), 3);
        Assert.Equal(1, rig.Store.GetStatistics().BodyCount);
    }

    [Fact]
    public async Task ExternalBody_Settled_IsDeletedAfterCheckpoints()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        await AppendBodyAsync(rig, log);
        rig.Commit(StoreRig.Settle(log, 0, 1));
        rig.Store.Checkpoint();
        Assert.Equal(0, rig.Store.GetStatistics().BodyCount);
        rig.Store.Checkpoint();
        Assert.Equal(0, rig.Disk.BytesOf("body-"));
    }

    [Fact]
    public async Task ExternalBody_ReleasedWithoutRecord_IsDeleted()
    {
        using StoreRig rig = new();
        ulong id = await rig.Store.WriteBodyAsync(Body(), CancellationToken.None);
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.True(rig.Disk.BytesOf("body-") > 0);
        rig.Store.ReleaseBody(id);
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.Equal(0, rig.Disk.BytesOf("body-"));
    }

    [Fact]
    public async Task ExternalBody_LeftByAKillBeforeItsRecord_IsDeleted()
    {
        using StoreRig rig = new();
        await rig.Store.WriteBodyAsync(Body(), CancellationToken.None);
        rig.ReopenAfterKill();
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.Equal(0, rig.Disk.BytesOf("body-"));
    }

    [Fact]
    public async Task ExternalBody_ReferencedTwice_LivesUntilBothAreSettled()
    {
        using StoreRig rig = new();
        StoredLog first = rig.CreateLog();
        StoredLog second = rig.CreateLog();
        ulong id = await rig.Store.WriteBodyAsync(Body(), CancellationToken.None);
        AppendReference(first, id);
        AppendReference(second, id);
        rig.Store.ReleaseBody(id);
        rig.Commit(StoreRig.Settle(first, 0, 1));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        CheckBody(second, 0);
        rig.Commit(StoreRig.Settle(second, 0, 1));
        rig.Store.Checkpoint();
        rig.Store.Checkpoint();
        Assert.Equal(0, rig.Disk.BytesOf("body-"));
        Assert.Throws<InvalidOperationException>(() => AppendReference(first, id));
    }

    [Fact]
    public async Task ExternalBody_Damaged_QuarantinesItsLog()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        rig.Commit(await AppendBodyAsync(rig, log));
        MemoryDisk image = rig.Disk.Copy();
        image.Flip(Path.Combine(StoreRig.Directory, "body-1"), 2_000_000);
        rig.ReopenOn(image);
        log = rig.Log(log.Id);
        using LoadWait wait = new();
        LogReader reader;
        lock (log.Gate)
        {
            reader = log.OpenReader();
            reader.Load(0, wait);
        }

        wait.Wait();
        lock (log.Gate)
        {
            Assert.Equal(ReadStatus.Damaged, reader.TryRead(0, out _));
            reader.Dispose();
        }
    }

    [Fact]
    public async Task WriteBody_AbortedBeforeItsTurn_IsCancelled()
    {
        using StoreRig rig = new();
        using CancellationTokenSource aborted = new();
        await aborted.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Store.WriteBodyAsync(Body(), aborted.Token));
        Assert.Equal(0, rig.Disk.BytesOf("body-"));
    }

    private static async Task<ulong> AppendBodyAsync(StoreRig rig, StoredLog log)
    {
        ulong id = await rig.Store.WriteBodyAsync(Body(), CancellationToken.None);
        ulong index = AppendReference(log, id);
        rig.Store.ReleaseBody(id);
        return index;
    }

    private static ulong AppendReference(StoredLog log, ulong bodyId)
    {
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppendExternal(30, persistent: true, tag: 2, bodyId);
            StoreRig.Fill(space.Add(30), log.Id, space.FirstOffset);
            return space.Complete();
        }
    }

    private static ReadOnlySequence<byte> Body()
    {
        byte[] body = new byte[BodyBytes];
        StoreRig.Fill(body, 9, 9);
        return new ReadOnlySequence<byte>(body);
    }

    private static void CheckBody(StoredLog log, long offset)
    {
        using LoadWait wait = new();
        LogReader reader;
        lock (log.Gate)
        {
            reader = log.OpenReader();
            Assert.Equal(ReadStatus.Cold, reader.TryRead(offset, out _));
            reader.Load(offset, wait);
        }

        wait.Wait();
        lock (log.Gate)
        {
            Assert.Equal(ReadStatus.Found, reader.TryRead(offset, out RecordView record));
            StoreRig.Check(log, offset, record.Payload);
            Assert.Equal(2, record.Tag);
            Assert.True(Body().FirstSpan.SequenceEqual(record.ExternalBody!.Span));
            reader.Dispose();
        }
    }
}
