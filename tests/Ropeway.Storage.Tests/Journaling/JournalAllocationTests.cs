using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Disk;
using Ropeway.Tests;

namespace Ropeway.Storage.Tests.Journaling;

[Collection(AloneCollection.Name)]
public sealed class JournalAllocationTests
{
    private const int RoundCount = 25;

    [Fact]
    public void AppendAndCommit_TenThousandTimes_AllocatesNothing()
    {
        Assert.Equal(0, Allocations.LeastSum(() =>
        {
            using var rig = new JournalRig(new FaultyDisk { ForgetsWrites = true }, options => options with { Files = 1000 });
            var waiter = new RecordingWaiter();
            AppendAndRecycle(rig, waiter, 2_000); // Grows the lists.
            return AppendAndRecycle(rig, waiter, 10_000);
        }));
    }

    private static long AppendAndRecycle(JournalRig rig, RecordingWaiter waiter, int count)
    {
        long allocatedBytes = 0;
        for (int i = 0; i < count; i += RoundCount)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            AppendAndCommit(rig, waiter);
            allocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
            rig.Journal.Recycle(rig.Journal.DurablePosition); // Once per file, on other threads: may allocate.
            rig.Journal.RunFileWork();
        }

        return allocatedBytes;
    }

    private static void AppendAndCommit(JournalRig rig, RecordingWaiter waiter)
    {
        for (int i = 0; i < RoundCount; i++)
        {
            TailReservation reservation = rig.Journal.Reserve(new BatchRequest { Type = BatchType.Messages, PayloadBytes = 24, LogId = 1, FirstOffset = i, Count = 1 });
            reservation.Payload.Fill(1);
            rig.Journal.Filled(reservation);
            rig.Journal.OnCommitted(reservation.Index, waiter);
            rig.Journal.RunCommit();
        }
    }
}
