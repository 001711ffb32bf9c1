using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Dead letters while the store has no room, which publishers wait for as well.</summary>
public sealed class DeadLetterRoomTests : IDisposable
{
    private readonly QueueRig _rig = new();
    private readonly List<ICommitWaiter> _waiters = [];
    private readonly QueueServices _services;
    private readonly Queue _dead;
    private readonly Queue _queue;
    private readonly DeadLetters _letters;
    private bool _isFull = true;

    public DeadLetterRoomTests()
    {
        _services = new StoreLogs(_rig.Store, TimeProvider.System, _rig.Broker.Deadlines, () => 0, NullLogger.Instance).Services with { OnRoom = OnRoom };
        _dead = _rig.Declare("dead");
        _queue = _rig.Declare(arguments: new FieldTable { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "dead" });
        _letters = new DeadLetters(_queue, _services);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Send_NoRoom_WaitsForItAndLosesNothing()
    {
        GiveAway("a", "b", "c");
        ICommitWaiter waiter = ExpectWaiter(1);
        GiveAway("d"); // While they wait already.
        waiter.OnCommitted(0);
        waiter = ExpectWaiter(2); // Somebody else was faster.
        Assert.Equal((0, 4), (_dead.MessageCount, _letters.Count));

        SetFull(false);
        waiter.OnCommitted(0);

        Assert.Equal(["a", "b", "c", "d"], Enumerable.Range(0, 4).Select(_ => _rig.Expect(_dead).Body));
        Assert.True(SpinWait.SpinUntil(() => _letters.Count == 0, RecordingTarget.Deadline));
        Assert.Equal(2, _waiters.Count); // Asked again only when it was told to.
    }

    [Fact]
    public void Send_NoRoomAtACleanStop_IsNotWaitedForAndNothingIsLost()
    {
        GiveAway("a");
        ICommitWaiter waiter = ExpectWaiter(1);

        _services.Background.Stop(TimeSpan.Zero);
        waiter.OnCommitted(0);

        Assert.Same(waiter, Assert.Single(_waiters));
        Queue queue = _rig.Restart();
        Assert.Equal("a", _rig.Get(queue)?.Body);
    }

    private void GiveAway(params string[] bodies)
    {
        _rig.Publish(_queue, bodies);
        foreach (string _ in bodies)
        {
            long offset = _rig.Expect(_queue, noAck: false).Offset;
            lock (_queue.Log.Gate)
            {
                _letters.Add(new OffsetRange(offset, offset + 1), DeathReason.Rejected);
            }
        }
    }

    private bool OnRoom(ICommitWaiter waiter)
    {
        lock (_waiters)
        {
            if (_isFull)
            {
                _waiters.Add(waiter);
            }

            return _isFull;
        }
    }

    private void SetFull(bool isFull)
    {
        lock (_waiters)
        {
            _isFull = isFull;
        }
    }

    private ICommitWaiter ExpectWaiter(int count)
    {
        bool came = SpinWait.SpinUntil(() => WaiterCount() >= count, RecordingTarget.Deadline);
        Assert.True(came);
        lock (_waiters)
        {
            Assert.Equal(count, _waiters.Count);
            return _waiters[^1];
        }
    }

    private int WaiterCount()
    {
        lock (_waiters)
        {
            return _waiters.Count;
        }
    }
}
