using Ropeway.Core.Streams;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Streams;

public sealed class DurableEndTests : IDisposable
{
    private readonly SemaphoreSlim _moved = new(0);
    private readonly DurableEnd _end;
    private ulong _committed;
    private (ulong Index, ICommitWaiter Waiter)? _waiting;

    public DurableEndTests() => _end = new DurableEnd(5, OnCommitted, () => _moved.Release());

    public void Dispose() => _moved.Dispose();

    [Fact]
    public async Task Value_FollowsTheDisk()
    {
        Assert.Equal(5, _end.Value);
        _end.Add(10, 1);
        _end.Add(20, 2);
        _end.Add(30, 3);
        Assert.Equal(5, _end.Value);

        await CommitAsync(2);
        Assert.Equal(20, _end.Value);
        await CommitAsync(3);
        Assert.Equal(30, _end.Value);
        Assert.Null(_waiting);
    }

    [Fact]
    public void Add_AlreadyOnTheDisk_MovesAtOnceAndSaysSo()
    {
        _committed = 7;
        _end.Add(10, 7);
        Assert.Equal(10, _end.Value);
        Assert.Equal(1, _moved.CurrentCount);
    }

    [Fact]
    public async Task Add_MoreThanItRemembers_MovesLateButNeverTooFar()
    {
        for (ulong i = 1; i <= 20; i++)
        {
            _end.Add(5 + (long)i, i);
        }

        await CommitAsync(7);
        Assert.Equal(12, _end.Value);
        await CommitAsync(20);
        Assert.Equal(25, _end.Value);
    }

    private async Task CommitAsync(ulong index)
    {
        _committed = index;
        ICommitWaiter waiter = _waiting!.Value.Waiter;
        _waiting = null;
        waiter.OnCommitted(index);
        Assert.True(await _moved.WaitAsync(Queues.RecordingTarget.Deadline));
        _end.Roll();
    }

    private bool OnCommitted(ulong index, ICommitWaiter waiter)
    {
        if (index <= _committed)
        {
            return false;
        }

        Assert.Null(_waiting);
        _waiting = (index, waiter);
        return true;
    }
}
