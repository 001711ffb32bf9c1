using Ropeway.Storage.Journaling;
using Ropeway.Tests;

namespace Ropeway.Storage.Tests.Stores;

[Collection(AloneCollection.Name)] // One test measures allocations.
public sealed class MarkTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public void Mark_AfterRestart_HasItsLastValue(int checkpointCount, bool isClean)
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        Mark(log, new(1, 11), new(2, 12), new(3, 13), new(4, 14));
        Mark(log, new(2, 22), new(3, 0));
        StoreRig.Settle(log, 4, 5);
        rig.Commit(Mark(log, new OffsetMark(5, ulong.MaxValue)));
        for (int i = 0; i < checkpointCount; i++)
        {
            rig.Store.Checkpoint();
        }

        for (int restart = 0; restart < 3; restart++)
        {
            Assert.Equal([new(1, 11), new(2, 22), new(5, ulong.MaxValue)], MarksOf(rig.Log(log.Id)));
            Assert.Equal(3, rig.Log(log.Id).MarkCount);
            Assert.True(rig.Log(log.Id).TryGetMark(2, out ulong value));
            Assert.Equal(22u, value);
            Assert.False(rig.Log(log.Id).TryGetMark(3, out _));
            if (isClean)
            {
                rig.ReopenCleanly();
            }
            else
            {
                rig.ReopenAfterKill();
            }
        }
    }

    [Fact]
    public void Settle_OfMarkedMessages_RemovesTheirMarks()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        Mark(log, new(0, 1), new(3, 1), new(7, 1), new(9, 1));
        StoreRig.Settle(log, 7, 8);
        Assert.Equal([new(0, 1), new(3, 1), new(9, 1)], MarksOf(log));
        StoreRig.Settle(log, 2, 9); // More offsets than marks.
        Assert.Equal([new(0, 1), new(9, 1)], MarksOf(log));
        rig.Commit(StoreRig.Settle(log, 0, 10));
        Assert.Equal(0, log.MarkCount);
        rig.ReopenAfterKill();
        Assert.Equal(0, rig.Log(log.Id).MarkCount);
    }

    [Fact]
    public void Mark_OfOffsetsThatAreNotUnsettled_IsIgnoredAlsoLater()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoreRig.Settle(log, 0, 2);
        Assert.Equal(0u, Mark(log, new(-1, 5), new(0, 5), new(1, 5), new(10, 5), new(long.MaxValue, 5)));
        rig.Commit(Mark(log, new(1, 5), new(2, 5), new(12, 5)));
        Assert.Equal([new(2, 5)], MarksOf(log));
        rig.Commit(StoreRig.Append(log, 10, 10)); // Now 10 and 12 exist.
        rig.ReopenAfterKill();
        Assert.Equal([new(2, 5)], MarksOf(rig.Log(log.Id)));
    }

    [Fact]
    public void Mark_OfTransientMessages_IsKeptInMemoryOnly()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoredLog transient = rig.Store.CreateTransientLog();
        StoreRig.Append(log, 2, 10, persistent: false);
        StoreRig.Append(transient, 2, 10);
        Assert.Equal(0u, Mark(log, new OffsetMark(10, 5)));
        Assert.Equal(0u, Mark(transient, new OffsetMark(1, 6)));
        rig.Commit(Mark(log, new(11, 7), new(3, 8)));
        Assert.Equal([new(3, 8), new(10, 5), new(11, 7)], MarksOf(log));
        Assert.Equal([new(1, 6)], MarksOf(transient));
        rig.Store.Checkpoint();
        rig.ReopenAfterKill();
        Assert.Equal([new(3, 8)], MarksOf(rig.Log(log.Id)));
    }

    [Fact]
    public void Mark_OfThousandsOfMessagesInSegments_SurvivesJournalWraps()
    {
        using StoreRig rig = new();
        StoredLog log = rig.CreateLog();
        ReclaimTests.Backlog(rig, log);
        OffsetMark[] marks = [.. Enumerable.Range(0, 4000).Select(offset => new OffsetMark(offset, (ulong)offset + 1))];
        rig.Commit(Mark(log, marks));
        StoredLog other = rig.CreateLog();
        ReclaimTests.Backlog(rig, other);
        rig.ReopenAfterKill();
        Assert.Equal(marks, MarksOf(rig.Log(log.Id)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Mark_InAUnit_CountsWithIt(int ending)
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        rig.Commit(Mark(log, new(1, 1), new(2, 2)));
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(log, 2, 10, unit: unit); // 10 and 11
        StoreRig.Mark(log, unit, new(1, 100), new(2, 0), new(10, 110), new(11, 111));
        StoreRig.Settle(log, 11, 12, unit);
        rig.Store.Checkpoint();
        Assert.Equal([new(1, 1), new(2, 2)], MarksOf(log));
        Mark(log, new OffsetMark(3, 3)); // Not the unit's.
        OffsetMark[] expected = ending == 1 ? [new(1, 100), new(3, 3), new(10, 110)] : [new(1, 1), new(2, 2), new(3, 3)];
        if (ending == 1)
        {
            rig.Commit(unit.Complete());
            Assert.Equal(expected, MarksOf(log));
        }
        else if (ending == 2)
        {
            unit.Dispose();
            Assert.Equal(expected, MarksOf(log));
        }

        rig.Commit(StoreRig.Append(log, 1, 10));
        for (int restart = 0; restart < 2; restart++)
        {
            rig.ReopenAfterKill();
            Assert.Equal(expected, MarksOf(rig.Log(log.Id)));
        }
    }

    [Fact]
    public void Mark_OfARecordOfAnOpenUnitByOthers_SurvivesWhenTheUnitDoes()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        using AtomicUnit unit = rig.Store.BeginUnit();
        StoreRig.Append(log, 2, 10, unit: unit);
        Mark(log, new OffsetMark(10, 5));
        rig.Commit(unit.Complete());
        rig.ReopenAfterKill();
        Assert.Equal([new(10, 5)], MarksOf(rig.Log(log.Id)));
    }

    [Fact]
    public void Mark_WithoutMarks_KeepsNoTable()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        Mark(log, new OffsetMark(3, 0));
        Assert.Null(log.Index.Marks);
        Mark(log, new OffsetMark(3, 1));
        StoreRig.Settle(log, 3, 4);
        rig.Store.Checkpoint();
        Assert.Null(log.Index.Marks);
    }

    [Fact]
    public void Mark_AgainAndAgain_AllocatesNothing()
    {
        using StoreRig rig = new(tailBytesMax: 16 * 1024 * 1024);
        StoredLog log = Prepare(rig);
        ulong value = 0;
        long least = Allocations.LeastOf(
            () =>
            {
                rig.Commit(Mark(log, new OffsetMark(0, ++value))); // An empty group; no list grows.
                return log;
            },
            marked =>
            {
                lock (marked.Gate)
                {
                    for (long offset = 0; offset < 10; offset++)
                    {
                        marked.Mark(offset, ++value);
                        marked.TryGetMark(offset, out _);
                    }
                }
            });
        Assert.Equal(0, least);
    }

    [Fact]
    public void Open_DamagedMarks_QuarantinesTheirLog()
    {
        using StoreRig rig = new();
        StoredLog log = Prepare(rig);
        StoredLog other = rig.CreateLog();
        rig.Commit(Mark(log, new OffsetMark(3, 1)));
        rig.Commit(StoreRig.Append(other, 1, 10));
        rig.ReopenOn(JournalDamageTests.Damage(rig, header => header.Type == BatchType.Marks));
        Assert.Contains("Marks", rig.Log(log.Id).Quarantine, StringComparison.Ordinal);
        Assert.Null(rig.Log(other.Id).Quarantine);
    }

    private static ulong Mark(StoredLog log, params ReadOnlySpan<OffsetMark> marks) => StoreRig.Mark(log, unit: null, marks);

    /// <summary>A log with ten records, committed.</summary>
    private static StoredLog Prepare(StoreRig rig)
    {
        StoredLog log = rig.CreateLog();
        rig.Commit(StoreRig.Append(log, 10, 50));
        return log;
    }

    private static List<OffsetMark> MarksOf(StoredLog log) => [.. log.Marks.OrderBy(mark => mark.Offset)];
}
