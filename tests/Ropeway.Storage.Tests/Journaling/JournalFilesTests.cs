using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Disk;

namespace Ropeway.Storage.Tests.Journaling;

public sealed class JournalFilesTests
{
    [Fact]
    public void Start_FreshStore_HasRoomAtOnce()
    {
        using var rig = new JournalRig();

        Assert.Null(rig.Journal.CongestionReason);
        Assert.Equal(1, rig.Journal.LiveFileCount);
        Assert.False(rig.Journal.OnRoom(new RecordingWaiter()));
    }

    [Fact]
    public void Congestion_NoSpaceForANewFile_SaysWhyAndHealsWhenSpaceReturns()
    {
        using var rig = new JournalRig();
        rig.Disk.FreeBytes = 0;
        rig.Journal.RunFileWork();
        var waiter = new RecordingWaiter();
        for (int i = 0; rig.Journal.CongestionReason is null; i++)
        {
            rig.Commit($"message {i}");
            rig.Journal.RunFileWork();
            Assert.True(i < 1000);
        }

        Assert.Contains("No space left", rig.Journal.CongestionReason, StringComparison.Ordinal);
        Assert.True(rig.Journal.OnRoom(waiter));
        TailReservation settlement = rig.Append("settled", type: BatchType.Settle);
        Assert.True(rig.Journal.RunCommit());
        Assert.True(rig.Journal.CommittedIndex >= settlement.Index);
        Assert.Equal(0, waiter.CallCount);
        Assert.Empty(rig.Failures);

        rig.Disk.FreeBytes = long.MaxValue;
        rig.Journal.RunFileWork();

        Assert.Null(rig.Journal.CongestionReason);
        Assert.Equal(1, waiter.CallCount);
        rig.Commit("goes on");
    }

    [Fact]
    public void Congestion_NoSpaceAtAll_CommitsGoOnOnceAFileIsRecycled()
    {
        using var rig = new JournalRig(configure: options => options with { UnsyncedBytesMax = 1 << 20 });
        rig.Disk.FreeBytes = 0;
        TailReservation last;
        do
        {
            last = rig.Append("message");
        }
        while (rig.Journal.RunCommit());

        Assert.True(rig.Journal.CommittedIndex < last.Index);
        rig.Journal.Recycle(JournalRig.FileBytes);
        rig.Journal.RunFileWork();

        Assert.True(rig.Journal.RunCommit());
        Assert.True(rig.Journal.CommittedIndex >= last.Index);
        Assert.Empty(rig.Failures);
    }

    [Fact]
    public void Congestion_ManyUnsyncedBytes_EndsWithTheCommit()
    {
        using var rig = new JournalRig(configure: options => options with { UnsyncedBytesMax = 3000 });
        rig.Append(new string('x', 2000));
        Assert.Null(rig.Journal.CongestionReason);
        rig.Append(new string('y', 1200));
        Assert.NotNull(rig.Journal.CongestionReason);
        var waiter = new RecordingWaiter();
        Assert.True(rig.Journal.OnRoom(waiter));

        rig.Journal.RunCommit();

        Assert.Null(rig.Journal.CongestionReason);
        Assert.Equal(1, waiter.CallCount);
    }

    [Fact]
    public void Congestion_OldestFilesNotEmptied_IsBoundedAndEndsWithRecycling()
    {
        using var rig = new JournalRig(configure: options => options with { Files = 4 });
        while (rig.Journal.CongestionReason is null)
        {
            rig.Commit("message");
            rig.Journal.RunFileWork();
        }

        Assert.Equal(7, rig.Journal.FileCount); // The horizon, half of it more, and one.
        Assert.Contains("7 files", rig.Journal.CongestionReason, StringComparison.Ordinal);
        rig.Journal.Recycle(2 * JournalRig.FileBytes);
        rig.Journal.RunFileWork();

        Assert.Null(rig.Journal.CongestionReason);
        Assert.Equal(7, rig.Journal.FileCount); // The two recycled ones are ready again.
        Assert.False(rig.Disk.Exists(JournalRig.FilePath(0)));
        Assert.True(rig.Disk.Exists(JournalRig.FilePath(7)));
    }

    [Fact]
    public void TryPinFile_PinnedFile_IsNotRecycledUntilItIsLetGo()
    {
        using var rig = new JournalRig();
        TailReservation first = rig.Commit("first message");
        while (rig.Journal.LiveFileCount < 2)
        {
            rig.Commit("more");
            rig.Journal.RunFileWork();
        }

        Assert.True(rig.Journal.TryPinFile(first.Position, out JournalFilePin pin));
        rig.Journal.Recycle(JournalRig.FileBytes);
        rig.Journal.RunFileWork();
        Assert.True(rig.Disk.Exists(JournalRig.FilePath(0)));
        Assert.False(rig.Journal.TryPinFile(first.Position, out _));
        var batch = new byte[BatchHeader.BatchBytesFor(13)];
        Assert.Equal(batch.Length, pin.ReadAt(first.Position, batch));
        Assert.True(BatchHeader.TryValidate(batch, (ulong)first.Position, out BatchHeader header));
        Assert.Equal("first message"u8, batch.AsSpan(BatchHeader.HeaderBytes, header.PayloadBytes));

        pin.Dispose();
        rig.Journal.RunFileWork();
        Assert.False(rig.Disk.Exists(JournalRig.FilePath(0)));
    }

    [Fact]
    public void Recycle_MoreFilesThanTheJournalKeeps_DeletesTheSurplus()
    {
        using var rig = new JournalRig(configure: options => options with { Files = 3 });
        while (rig.Journal.LiveFileCount < 6)
        {
            rig.Commit("message");
            rig.Journal.RunFileWork();
        }

        rig.Journal.Recycle(long.MaxValue);
        rig.Journal.RunFileWork();

        Assert.Equal(1, rig.Journal.LiveFileCount);
        Assert.Equal(4, rig.Journal.FileCount);
        Assert.Equal(4, rig.Disk.List(JournalRig.Directory).Count);
    }

    [Fact]
    public void Start_FullDisk_OpensCongestedAndTakesSettlements()
    {
        FaultyDisk image;
        using (var first = new JournalRig())
        {
            first.Commit("message");
            image = first.Disk.Copy();
        }

        image.Delete(JournalRig.FilePath(1));
        image.FreeBytes = 0;
        using var rig = new JournalRig(image);
        rig.Journal.RunFileWork();

        Assert.Equal(["message"], rig.Found.Texts);
        Assert.Contains("No space left", rig.Journal.CongestionReason, StringComparison.Ordinal);
        rig.Append("settled", type: BatchType.Settle);
        Assert.True(rig.Journal.RunCommit());
    }

    [Fact]
    public void Start_HalfMadeFileOfACrash_IsDeleted()
    {
        var disk = new FaultyDisk();
        disk.Create(JournalRig.FilePath(5) + ".new").Dispose();

        using var rig = new JournalRig(disk);

        Assert.False(disk.Exists(JournalRig.FilePath(5) + ".new"));
    }

    [Fact]
    public void Stop_FullDiskAndFullJournal_EndsInsteadOfWaiting()
    {
        using var rig = new JournalRig(configure: options => options with { OwnThreads = true, UnsyncedBytesMax = 1 << 20 });
        rig.Disk.FreeBytes = 0;
        var waiter = new RecordingWaiter();
        ulong last = 0;
        for (int i = 0; i < 3 * JournalRig.FileBytes / 100; i++)
        {
            last = rig.Append(new string('x', 52)).Index;
        }

        Assert.True(rig.Journal.OnCommitted(last, waiter));
        rig.Journal.Stop();

        Assert.Equal(0, waiter.CallCount);
        Assert.NotNull(rig.Journal.Failure);
    }

    [Fact]
    public void FileWork_FailingDisk_IsFinal()
    {
        using var rig = new JournalRig();
        rig.Disk.FailingSync = 1;
        rig.Journal.RunFileWork();

        Assert.Single(rig.Failures);
        Assert.Throws<StoreFailedException>(() => rig.Append("message"));
    }
}
