using Ropeway.Tests;

namespace Ropeway.Storage.Tests.Stores;

[Collection(AloneCollection.Name)]
public sealed class UnitAllocationTests
{
    private const int RecordCount = 200; // Fewer batches than a group's list has room for from the start.

    [Fact]
    public void Unit_OfManyRecordsInTwoLogs_AllocatesTheUnitOnly()
    {
        using StoreRig rig = new(tailBytesMax: 16 * 1024 * 1024);
        StoredLog target = rig.CreateLog();
        StoredLog source = rig.CreateLog();
        long least = Allocations.LeastOf(
            () =>
            {
                rig.Commit(StoreRig.Settle(target, 0, target.EndOffset));
                rig.Commit(StoreRig.Append(source, RecordCount, 1));
                return target;
            },
            log => RunUnit(rig.Store, log, source),
            enoughBytes: 320);
        Assert.InRange(least, 1, 320);
    }

    private static void RunUnit(Store store, StoredLog target, StoredLog source)
    {
        using AtomicUnit unit = store.BeginUnit();
        lock (target.Gate)
        {
            for (int i = 0; i < RecordCount; i++)
            {
                AppendSpace space = target.BeginAppend(1, 8, persistent: true, tag: 0, unit);
                space.Add(8).Clear();
                space.Complete();
            }
        }

        lock (source.Gate)
        {
            for (long offset = source.StartOffset, end = offset + RecordCount; offset < end; offset++)
            {
                source.Settle([new OffsetRange(offset, offset + 1)], unit);
            }
        }

        unit.Complete();
    }
}
