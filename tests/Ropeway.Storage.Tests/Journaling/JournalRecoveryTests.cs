using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Disk;

namespace Ropeway.Storage.Tests.Journaling;

public sealed class JournalRecoveryTests
{
    [Fact]
    public void Scan_AfterCleanStop_HandsOverEveryBatchInOrder()
    {
        using var rig = new JournalRig();
        for (int i = 0; i < 300; i++)
        {
            rig.Append($"message {i}", logId: (ulong)(i % 3), firstOffset: i / 3);
            if (i % 7 == 0)
            {
                Assert.True(rig.Journal.RunCommit());
                rig.Journal.RunFileWork();
            }
        }

        rig.Journal.Stop();
        RecordingVisitor found = JournalRig.Recover(rig.Disk, out JournalScanResult result);

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"message {i}"), found.Texts);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (ulong)(i % 3)), found.Batches.Select(batch => batch.Header.LogId));
        Assert.Empty(found.Damages);
        Assert.Equal(0, result.CutBytes);
        Assert.Equal(rig.Journal.DurablePosition, result.EndPosition);
        Assert.True(result.EndPosition > JournalRig.FileBytes, "The test must span files.");
    }

    [Fact]
    public void Start_AfterRecovery_GoesOnBehindTheLastBatchInAHigherEpoch()
    {
        var disk = new FaultyDisk();
        for (int run = 0; run < 5; run++)
        {
            using var rig = new JournalRig(disk);
            Assert.Equal((uint)run + 1, rig.Journal.Epoch);
            Assert.Equal(Enumerable.Range(0, run).Select(i => $"run {i}"), rig.Found.Texts);
            rig.Commit($"run {run}");
        }
    }

    [Fact]
    public void Scan_LastGroupCutAtEveryByte_KeepsAllBeforeAndCutsAtTheLastWholeBatch()
    {
        using var rig = new JournalRig();
        rig.Commit("first");
        rig.Commit("second");
        long groupStart = rig.Journal.DurablePosition;
        rig.Append("third");
        rig.Append("fourth");
        Assert.True(rig.Journal.RunCommit());
        FaultyDisk whole = rig.Disk.Copy();
        int end = (int)rig.Journal.DurablePosition;
        RecordingVisitor all = JournalRig.Recover(whole, out _);
        for (int cut = (int)groupStart; cut < end; cut++)
        {
            FaultyDisk image = whole.Copy();
            image.Content(JournalRig.FilePath(0)).AsSpan(cut).Clear();
            byte[] before = [.. image.Content(JournalRig.FilePath(0))];

            RecordingVisitor found = JournalRig.Recover(image, out JournalScanResult result);

            Assert.Empty(found.Damages);
            string[] expected = [.. all.Batches.Where(batch => batch.Position + batch.Header.BatchBytes - batch.Header.PadBytes <= cut).Select(batch => batch.Text)];
            Assert.True(found.Texts.SequenceEqual(expected), $"Cut at {cut}: {string.Join(',', found.Texts)}");
            Assert.True(result.EndPosition <= cut + 7 && result.EndPosition >= groupStart);
            Assert.Equal(before, image.Content(JournalRig.FilePath(0)));
        }
    }

    [Fact]
    public void Start_AfterEveryCut_ServesOldAndNewBatches()
    {
        using var rig = new JournalRig();
        rig.Commit("first");
        rig.Append("second");
        rig.Append("third");
        Assert.True(rig.Journal.RunCommit());
        FaultyDisk whole = rig.Disk.Copy();
        int end = (int)rig.Journal.DurablePosition;
        for (int cut = 300; cut < end; cut += 5)
        {
            FaultyDisk image = whole.Copy();
            image.Content(JournalRig.FilePath(0)).AsSpan(cut).Clear();
            string[] old;
            using (var next = new JournalRig(image))
            {
                old = [.. next.Found.Texts];
                next.Commit("next");
            }

            using var last = new JournalRig(image.AfterPowerCut((_, _) => 0));
            Assert.Equal([.. old, "next"], last.Found.Texts);
            Assert.Equal(3u, last.Journal.Epoch);
            Assert.Empty(last.Found.Damages);
        }
    }

    [Fact]
    public void Scan_StaleBatchesOfAnOlderEpochBehindTheEnd_NeverValidate()
    {
        using var rig = new JournalRig();
        rig.Commit("kept");
        long lost = rig.Append("torn away").Position;
        rig.Append("stale one");
        rig.Append("stale two");
        Assert.True(rig.Journal.RunCommit());
        FaultyDisk image = rig.Disk.Copy();
        image.Content(JournalRig.FilePath(0))[lost] ^= 1; // As if that sector had not been written before the power was cut.

        using var second = new JournalRig(image);
        Assert.Equal(["kept"], second.Found.Texts);
        Assert.True(second.Scan.CutBytes > 0);
        second.Commit("new");

        RecordingVisitor found = JournalRig.Recover(image.Copy(), out JournalScanResult result);
        Assert.Equal(["kept", "new"], found.Texts);
        Assert.Empty(found.Damages);
        Assert.Equal(2u, result.Epoch);
    }

    [Fact]
    public void Scan_StaleBatchExactlyWhereTheNewEpochEnds_DoesNotValidate()
    {
        long epochBytes = ReopenOverTornGroup(secondText: "any", out _, out _);
        string secondText = new('x', (int)epochBytes - BatchHeader.BatchBytesFor(4) - BatchHeader.HeaderBytes);

        ReopenOverTornGroup(secondText, out FaultyDisk image, out long end);

        Assert.True(BatchHeader.TryValidate(image.Content(JournalRig.FilePath(0)).AsSpan((int)end), (ulong)end, out BatchHeader stale));
        RecordingVisitor found = JournalRig.Recover(image, out JournalScanResult result);
        Assert.Equal(["kept"], found.Texts);
        Assert.Equal(end, result.EndPosition);
        Assert.Equal(result.NextIndex, stale.Index);
    }

    [Fact]
    public void Start_EpochBatchOfAnInterruptedStartWasTorn_TakesAYetHigherEpoch()
    {
        using var first = new JournalRig();
        first.Commit("kept");
        FaultyDisk image = first.Disk.Copy();
        long epochBatch;
        using (var interrupted = new JournalRig(image))
        {
            epochBatch = interrupted.Scan.EndPosition;
            image = image.Copy();
        }

        image.Content(JournalRig.FilePath(0))[epochBatch] ^= 1; // Its directory is on the disk, the batch itself is not.

        using var next = new JournalRig(image);
        Assert.Equal(["kept"], next.Found.Texts);
        Assert.Equal(epochBatch, next.Scan.EndPosition);
        Assert.Equal(3u, next.Journal.Epoch);
    }

    [Fact]
    public void Scan_FlippedByteInAGroupWhoseSuccessorIsTorn_IsDamage()
    {
        using var rig = new JournalRig();
        long victim = rig.Commit("confirmed", logId: 100).Position;
        long torn = rig.Commit("never confirmed").Position;
        byte[] content = rig.Disk.Content(JournalRig.FilePath(0));
        content.AsSpan((int)torn).Clear(); // Only the copy in front of it reached the disk.
        content[victim + 50] ^= 1;

        RecordingVisitor found = JournalRig.Recover(rig.Disk, out JournalScanResult result);

        Assert.Equal(100ul, Assert.Single(Assert.Single(found.Damages).Victims).LogId);
        Assert.Equal(torn, result.EndPosition);
    }

    [Fact]
    public void Scan_RecycledFile_ItsOldBatchesNeverValidate()
    {
        using var rig = new JournalRig();
        int i = 0;
        for (; rig.Journal.LiveFileCount < 4; i++)
        {
            rig.Commit($"message {i}");
            rig.Journal.RunFileWork();
        }

        long start = 2 * JournalRig.FileBytes;
        ulong startIndex = rig.Journal.FirstIndexOfFile(start);
        rig.Journal.Recycle(start);
        rig.Journal.RunFileWork();
        Assert.False(rig.Disk.Exists(JournalRig.FilePath(0)));
        FaultyDisk image = rig.Disk.Copy();

        var found = new RecordingVisitor();
        JournalScanResult result = JournalScanner.Scan(image, JournalRig.ScanOptions with { StartPosition = start, StartIndex = startIndex }, found);
        Assert.Equal(rig.Journal.DurablePosition, result.EndPosition);
        Assert.Equal($"message {i - 1}", found.Texts.Last());
        Assert.Equal(0, result.CutBytes);
    }

    [Fact]
    public void Scan_AnyFlippedByteBelowTheSyncedPosition_IsDamageWithTheRightVictims()
    {
        using var rig = new JournalRig();
        for (int i = 0; i < 12; i++)
        {
            rig.Append($"message {i}", logId: (ulong)i + 100, firstOffset: i * 10);
            if (i % 3 == 2)
            {
                Assert.True(rig.Journal.RunCommit());
            }
        }

        rig.Journal.RunMark();
        AssertEveryFlipIsReported(rig);
    }

    [Fact]
    public void Scan_AnyFlippedByteBeforeAReopenAfterACrash_IsDamageWithTheRightVictims()
    {
        FaultyDisk image;
        using (var first = new JournalRig())
        {
            first.Commit("message 0", logId: 100);
            first.Append("message 1", logId: 101, firstOffset: 10);
            first.Append("message 2", logId: 102, firstOffset: 20);
            Assert.True(first.Journal.RunCommit());
            image = first.Disk.Copy();
            long end = first.Journal.DurablePosition;
            image.Content(JournalRig.FilePath(0))[end - 1] ^= 1; // The last directory is torn: its batches are kept without one.
        }

        using var rig = new JournalRig(image);
        Assert.Equal(3, rig.Found.Batches.Count);
        rig.Journal.RunMark();
        AssertEveryFlipIsReported(rig);
    }

    [Fact]
    public void Scan_FlippedByteInTheOnlyGroupBeforeTheMark_IsATornTail()
    {
        using var rig = new JournalRig();
        long position = rig.Commit("unproven").Position;
        rig.Disk.Content(JournalRig.FilePath(0))[position + 50] ^= 1;

        RecordingVisitor found = JournalRig.Recover(rig.Disk, out JournalScanResult result);

        Assert.Empty(found.Damages);
        Assert.Empty(found.Batches);
        Assert.Equal(position, result.EndPosition);
        Assert.Equal(rig.Journal.DurablePosition - position, result.CutBytes);
    }

    [Fact]
    public void Scan_DamagedMetadata_IsRefused()
    {
        using var rig = new JournalRig();
        long position = rig.Append("declare", logId: 0, type: BatchType.Metadata).Position;
        rig.Journal.RunCommit();
        rig.Commit("later");
        rig.Disk.Content(JournalRig.FilePath(0))[position + 50] ^= 1;

        StoreException refusal = Assert.Throws<StoreException>(() => JournalRig.Recover(rig.Disk, out _));

        Assert.Equal(StoreFault.Damaged, refusal.Kind);
        Assert.Contains("metadata", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_JournalShorterThanTheCheckpointKnows_IsRefused()
    {
        using var rig = new JournalRig();
        rig.Commit("first");
        JournalScanOptions options = JournalRig.ScanOptions with { SyncedPosition = rig.Journal.DurablePosition + 8 };

        Assert.Equal(StoreFault.Damaged, Assert.Throws<StoreException>(() => JournalScanner.Scan(rig.Disk, options, new RecordingVisitor())).Kind);
    }

    [Fact]
    public void Scan_MissingFileInTheMiddle_IsRefused()
    {
        using var rig = new JournalRig();
        while (rig.Journal.LiveFileCount < 3)
        {
            rig.Commit("some message");
            rig.Journal.RunFileWork();
        }

        rig.Disk.Delete(JournalRig.FilePath(1));

        Assert.Equal(StoreFault.Damaged, Assert.Throws<StoreException>(() => JournalRig.Recover(rig.Disk, out _)).Kind);
    }

    [Fact]
    public void Scan_PayloadThatLooksLikeABatch_IsNotTakenForOne()
    {
        using var rig = new JournalRig();
        rig.Commit("first");
        const int ForgedPayload = 1000;
        TailReservation reservation = rig.Journal.Reserve(new BatchRequest { Type = BatchType.Messages, PayloadBytes = ForgedPayload, LogId = 7, Count = 1 });
        for (int at = 0; at + 64 <= ForgedPayload; at += 64)
        {
            var forged = new BatchHeader { BatchBytes = 64, Type = BatchType.Metadata, Index = reservation.Index + 1, Epoch = 1 };
            forged.Write(reservation.Payload[at..]);
            BatchHeader.Seal(reservation.Payload[at..], (ulong)(reservation.Position + BatchHeader.HeaderBytes + at));
        }

        rig.Journal.Filled(reservation);
        rig.Journal.RunCommit();
        rig.Commit("last");
        rig.Disk.Content(JournalRig.FilePath(0))[reservation.Position + 1] ^= 1;

        RecordingVisitor found = JournalRig.Recover(rig.Disk, out _);

        Assert.Equal(["first", "last"], found.Texts);
        Assert.Equal(reservation.Position, Assert.Single(Assert.Single(found.Damages).Victims).Position);
    }

    [Fact]
    public void Scan_LargeGroup_SplitsItsDirectoryAndStillNamesVictims()
    {
        using var rig = new JournalRig();
        long victim = 0;
        for (int i = 0; i < 100; i++)
        {
            TailReservation reservation = rig.Append($"message {i}", logId: (ulong)i);
            victim = i == 70 ? reservation.Position : victim;
        }

        rig.Journal.RunFileWork();
        Assert.True(rig.Journal.RunCommit());
        rig.Journal.RunFileWork();
        rig.Journal.RunMark();
        rig.Disk.Content(JournalRig.FilePath(victim / JournalRig.FileBytes))[(victim % JournalRig.FileBytes) + 50] ^= 1;

        RecordingVisitor found = JournalRig.Recover(rig.Disk, out _);

        Assert.Equal(99, found.Batches.Count);
        Assert.Equal(70ul, Assert.Single(Assert.Single(found.Damages).Victims).LogId);
    }

    [Fact]
    public void Start_BytesThatNothingProves_AreWrittenAndSyncedAgain()
    {
        using var rig = new JournalRig();
        rig.Commit("first");
        FaultyDisk image = rig.Disk.Copy();
        var writes = new List<long>();
        image.BeforeWrite = (_, position) => writes.Add(position);

        using var next = new JournalRig(image);

        Assert.Equal(next.Scan.SyncedPosition, writes[0]);
        Assert.True(next.Scan.SyncedPosition < next.Scan.EndPosition);
    }

    [Fact]
    public void Scan_PowerCutInsideRecovery_LosesNothing()
    {
        using var rig = new JournalRig();
        rig.Commit("first");
        rig.Commit("second");
        FaultyDisk image = rig.Disk.AfterPowerCut((_, _) => 0);
        for (int failingSync = 1; failingSync <= 4; failingSync++)
        {
            FaultyDisk attempt = image.Copy();
            attempt.FailingSync = failingSync;
            try
            {
                new JournalRig(attempt).Dispose();
            }
            catch (StoreException exception)
            {
                Assert.Equal(StoreFault.Io, exception.Kind);
            }

            foreach (int part in (int[])[0, 1, 2])
            {
                using var after = new JournalRig(attempt.AfterPowerCut((_, bytes) => bytes * part / 2));
                Assert.Equal(["first", "second"], after.Found.Texts);
                Assert.Empty(after.Found.Damages);
            }
        }
    }

    /// <summary>Leaves "kept", then a torn group of three whose second and third batch are whole on the disk, and opens a new epoch over it.</summary>
    /// <returns>Bytes that the new epoch's first group takes.</returns>
    private static long ReopenOverTornGroup(string secondText, out FaultyDisk image, out long end)
    {
        using var first = new JournalRig();
        first.Commit("kept");
        long torn = first.Append("torn").Position;
        first.Append(secondText);
        first.Append("stale");
        first.Journal.RunCommit();
        image = first.Disk.Copy();
        image.Content(JournalRig.FilePath(0))[torn] ^= 1;

        using var second = new JournalRig(image);
        end = second.Journal.DurablePosition;
        image = image.Copy();
        Assert.Equal(torn, second.Scan.EndPosition);
        return end - torn;
    }

    private static void AssertEveryFlipIsReported(JournalRig rig)
    {
        RecordingVisitor whole = JournalRig.Recover(rig.Disk, out JournalScanResult result);
        Assert.Empty(whole.Damages);
        long proven = result.SyncedPosition;
        Assert.True(proven > whole.Batches[^1].Position, "The test needs a proof for every message.");
        for (long position = 0; position < proven; position++)
        {
            FaultyDisk image = rig.Disk.Copy();
            image.Content(JournalRig.FilePath(position / JournalRig.FileBytes))[position % JournalRig.FileBytes] ^= 0x10;

            RecordingVisitor found = JournalRig.Recover(image, out JournalScanResult after);

            JournalDamage damage = Assert.Single(found.Damages);
            Assert.True(damage.Start <= position && position < damage.End);
            Assert.Equal(result.EndPosition, after.EndPosition);
            var hit = whole.Batches.Where(batch => batch.Position <= position && position < batch.Position + batch.Header.BatchBytes).ToList();
            Assert.Equal(hit.Select(batch => batch.Header.LogId), damage.Victims.Select(victim => victim.LogId));
            Assert.Equal(hit.Select(batch => batch.Header.FirstOffset), damage.Victims.Select(victim => victim.FirstOffset));
            Assert.Equal(whole.Texts.Except(hit.Select(batch => batch.Text)), found.Texts);
        }
    }
}
