using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Journaling;

public sealed class CommitWaitersTests
{
    [Fact]
    public void Commit_WaitersOutOfOrder_AreCalledInIndexOrderOnce()
    {
        var waiters = new CommitWaiters(0);
        var order = new List<RecordingWaiter>();
        RecordingWaiter[] all = [.. Enumerable.Range(0, 6).Select(_ => new RecordingWaiter(order))];
        Assert.True(waiters.Register(5, all[4]));
        Assert.True(waiters.Register(2, all[1]));
        Assert.True(waiters.Register(9, all[5]));
        Assert.True(waiters.Register(2, all[2]));
        waiters.Commit(1, isTiny: false);
        Assert.Empty(order);
        Assert.True(waiters.Register(2, all[3]));
        Assert.False(waiters.Register(1, all[0]));

        waiters.Commit(5, isTiny: false);
        waiters.Commit(8, isTiny: false);
        Assert.Equal([all[1], all[2], all[3], all[4]], order);
        Assert.Equal(5ul, all[1].CommittedIndex);
        waiters.Commit(9, isTiny: false);
        waiters.Commit(10, isTiny: false);

        Assert.Equal([0, 1, 1, 1, 1, 1], all.Select(waiter => waiter.CallCount));
    }

    [Fact]
    public void Register_FromInsideACall_WaitsForItsOwnIndex()
    {
        var waiters = new CommitWaiters(0);
        var later = new RecordingWaiter();
        waiters.Register(1, new Chain(() => Assert.True(waiters.Register(2, later))));

        waiters.Commit(1, isTiny: false);
        Assert.Equal(0, later.CallCount);
        waiters.Commit(2, isTiny: false);
        Assert.Equal(1, later.CallCount);
    }

    [Fact]
    public void Fail_WaitersAndLaterOnes_AreNotReleasedAndTheCauseIsThrown()
    {
        var waiters = new CommitWaiters(3);
        var waiter = new RecordingWaiter();
        waiters.Register(4, waiter);
        var cause = new IOException("first");

        waiters.Fail(cause);
        waiters.Fail(new IOException("second"));

        Assert.Same(cause, Assert.Throws<StoreFailedException>(() => waiters.Register(4, waiter)).InnerException);
        Assert.False(waiters.Register(3, waiter));
        Assert.Equal(0, waiter.CallCount);
    }

    [Theory]
    [InlineData(true, 1, 1)]
    [InlineData(true, 2, 0)]
    [InlineData(false, 1, 0)]
    public void Commit_OnlyWaiterOfATinyGroup_IsToldThatItIsAlone(bool isTiny, int waiterCount, int expectedAlone)
    {
        var waiters = new CommitWaiters(0);
        RecordingWaiter[] all = [.. Enumerable.Range(0, waiterCount).Select(_ => new RecordingWaiter())];
        Assert.All(all, waiter => Assert.True(waiters.Register(1, waiter)));
        var later = new RecordingWaiter();
        Assert.True(waiters.Register(3, later));

        waiters.Commit(2, isTiny);

        Assert.All(all, waiter => Assert.Equal(1, waiter.CallCount));
        Assert.Equal(expectedAlone, all.Sum(waiter => waiter.AloneCount));
        Assert.Equal(0, later.CallCount);
        waiters.Commit(3, isTiny: true);
        Assert.Equal(1, later.AloneCount);
    }

    private sealed class Chain(Action next) : ICommitWaiter
    {
        public void OnCommitted(ulong committedIndex) => next();
    }
}
