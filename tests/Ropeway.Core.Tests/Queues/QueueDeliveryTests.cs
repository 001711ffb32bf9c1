using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueDeliveryTests : IDisposable
{
    private readonly QueueRig _rig = new();
    private readonly RecordingTarget _target = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Publish_BeforeAndAfterTheConsumer_IsDeliveredInOrder(bool durable)
    {
        Queue queue = _rig.Declare(durable: durable);
        _rig.Publish(queue, "a", "b");
        _rig.Publish(queue, "c");
        _rig.Consume(queue, _target);
        _rig.Publish(queue, "d", "e");

        RecordedDelivery[] deliveries = _target.Expect(5);
        Assert.Equal("a b c d e", _target.Bodies);
        Assert.All(deliveries, delivery => Assert.False(delivery.Redelivered));
        Assert.Equal([0L, 1, 2, 3, 4], deliveries.Select(delivery => delivery.Offset));
        Assert.Equal((0L, 5L), (queue.MessageCount, queue.UnackedCount));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Dispatch_ConsumersWithoutLimit_TakeTurnsExactly(int consumerCount)
    {
        Queue queue = _rig.Declare(durable: false);
        TestConsumer[] consumers = [.. Enumerable.Range(0, consumerCount).Select(i => _rig.Consume(queue, _target, name: $"{i}"))];
        _rig.Publish(queue, [.. Enumerable.Range(0, consumerCount * 10).Select(i => $"{i}")]);

        RecordedDelivery[] deliveries = _target.Expect(consumerCount * 10);
        for (int i = 0; i < deliveries.Length; i++)
        {
            Assert.Same(consumers[i % consumerCount], deliveries[i].Consumer);
        }
    }

    [Fact]
    public void Dispatch_ConsumersOfEqualSpeedWithCreditOne_GetEqualShares()
    {
        Queue queue = _rig.Declare(durable: false);
        var targets = new RecordingTarget[4];
        var consumers = new TestConsumer[4];
        for (int i = 0; i < 4; i++)
        {
            targets[i] = new RecordingTarget();
            consumers[i] = _rig.Consume(queue, targets[i], credit: 1);
        }

        _rig.Publish(queue, [.. Enumerable.Range(0, 400).Select(i => $"{i}")]);
        for (int round = 0; round < 99; round++)
        {
            for (int i = 0; i < 4; i++)
            {
                int at = (i + round) % 4; // In whatever order they finish.
                _rig.Resolve([(queue, targets[at].Deliveries[^1].Offset)], [], 1, [consumers[at]]);
            }
        }

        Assert.All(targets, target => Assert.Equal(100, target.Deliveries.Length));
    }

    [Fact]
    public void Dispatch_ConsumerWithoutCredit_DoesNotHoldUpTheOthers()
    {
        Queue queue = _rig.Declare(durable: false);
        TestConsumer slow = _rig.Consume(queue, _target, credit: 1, name: "slow");
        TestConsumer fast = _rig.Consume(queue, _target, name: "fast");
        _rig.Publish(queue, "a", "b", "c", "d");

        Assert.Equal([slow, fast, fast, fast], _target.Expect(4).Select(delivery => delivery.Consumer));
    }

    [Fact]
    public void Return_GoesBackToItsPlaceAndIsFlagged()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b", "c", "d", "e");
        TestConsumer consumer = _rig.Consume(queue, _target, credit: 4);
        _target.Expect(4);
        _rig.Return(queue, 2);
        _rig.Return(queue, 0, 1);
        _rig.Grant(10, consumer);

        RecordedDelivery[] again = _target.Expect(8)[4..];
        Assert.Equal([("a", true), ("b", true), ("c", true), ("e", false)], again.Select(delivery => (delivery.Body, delivery.Redelivered)));
    }

    [Fact]
    public void Resolve_SettlesReturnsAndWakesInOneStep()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b", "c");
        TestConsumer consumer = _rig.Consume(queue, _target, credit: 2);
        _target.Expect(2);
        _rig.Resolve([(queue, 0)], [(queue, 1)], 2, [consumer]);

        Assert.Equal([("b", true), ("c", false)], _target.Expect(4)[2..].Select(delivery => (delivery.Body, delivery.Redelivered)));
        Assert.Equal((0L, 2L), (queue.MessageCount, queue.UnackedCount));
    }

    [Fact]
    public void Resolve_OfSeveralQueues_ReachesEach()
    {
        Queue q = _rig.Declare("q", durable: false);
        Queue r = _rig.Declare("r", durable: false);
        TestConsumer onQ = _rig.Consume(q, _target, credit: 1);
        TestConsumer onR = _rig.Consume(r, _target, credit: 1);
        _rig.Publish(q, "q1", "q2");
        _rig.Publish(r, "r1", "r2");
        _rig.Resolve([(q, 0), (r, 0)], [], 1, [onR, onQ]);

        Assert.Equal(["q1", "q2", "r1", "r2"], _target.Expect(4).Select(delivery => delivery.Body).Order(StringComparer.Ordinal));
        Assert.Equal((1L, 1L), (q.UnackedCount, r.UnackedCount));
    }

    [Fact]
    public void NoAckConsumer_SettlesByTheDelivery()
    {
        Queue queue = _rig.Declare();
        _rig.Consume(queue, _target, noAck: true);
        _rig.Publish(queue, "a", "b");

        _target.Expect(2);
        Assert.Equal((0L, 0L, 0L), (queue.MessageCount, queue.UnackedCount, queue.Log.UnsettledCount));
    }

    [Fact]
    public void Dispatch_FlushesEachTargetOncePerBatch()
    {
        Queue queue = _rig.Declare(durable: false);
        _rig.Consume(queue, _target);
        _rig.Consume(queue, _target);
        int before = _target.FlushCount;
        _rig.Publish(queue, [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);

        Assert.Equal(before + 1, _target.FlushCount);
    }

    [Fact]
    public void RefusingTarget_WhenWoken_GetsItsTurnBack()
    {
        Queue queue = _rig.Declare(durable: false);
        TestConsumer consumer = _rig.Consume(queue, _target);
        _target.Refuses = true;
        _rig.Publish(queue, "a", "b");
        Assert.Empty(_target.Deliveries);
        Assert.True(consumer.IsWaiting);
        _target.Refuses = false;
        _rig.Publish(queue, "c");
        Assert.Empty(_target.Deliveries); // It is offered nothing before it says that it can take something.
        _rig.Grant(0, consumer);

        Assert.Equal("a b c", _target.Bodies);
    }

    [Fact]
    public void RefusingTarget_BesideAnother_LosesNothingToOrder()
    {
        Queue queue = _rig.Declare(durable: false);
        var other = new RecordingTarget();
        TestConsumer held = _rig.Consume(queue, _target, name: "held");
        _rig.Consume(queue, other);
        _target.Refuses = true;
        _rig.Publish(queue, "a", "b");
        Assert.Equal("a b", other.Bodies);
        _target.Refuses = false;
        _rig.Grant(0, held);
        _rig.Publish(queue, "c", "d");

        Assert.Equal(("d", "a b c"), (_target.Bodies, other.Bodies));
    }

    [Fact]
    public void RemoveConsumer_LeavesWhatItHoldsAndOffersItNothing()
    {
        Queue queue = _rig.Declare(durable: false);
        TestConsumer first = _rig.Consume(queue, _target, name: "first");
        TestConsumer second = _rig.Consume(queue, _target, name: "second");
        _rig.Publish(queue, "a", "b", "c");
        Assert.False(queue.RemoveConsumer(first));
        _rig.Publish(queue, "d", "e");
        Assert.Equal([first, second, first, second, second], _target.Expect(5).Select(delivery => delivery.Consumer));
        Assert.True(queue.RemoveConsumer(second));
        Assert.False(queue.RemoveConsumer(second));
        _rig.Publish(queue, "f");
        _rig.Grant(1, first, second);

        Assert.Equal((5, 5L, 1L, 0), (_target.Deliveries.Length, queue.UnackedCount, queue.MessageCount, queue.ConsumerCount));
    }

    [Fact]
    public void AddConsumer_Exclusive_IsAlone()
    {
        Queue queue = _rig.Declare(durable: false);
        var alone = new TestConsumer(queue, _target, credit: 1, exclusive: true);
        var other = new TestConsumer(queue, _target, credit: 1);
        Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(alone));
        Assert.Equal(ConsumerRefusal.Exclusive, queue.AddConsumer(other));
        queue.RemoveConsumer(alone);
        Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(other));
        Assert.Equal(ConsumerRefusal.Exclusive, queue.AddConsumer(new TestConsumer(queue, _target, credit: 1, exclusive: true)));
    }

    [Fact]
    public void AddConsumer_BeforeItsWake_IsOfferedNothing()
    {
        Queue queue = _rig.Declare(durable: false);
        Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(new TestConsumer(queue, _target, credit: 1)));
        _rig.Publish(queue, "a");

        Assert.Empty(_target.Deliveries);
        Assert.Equal(1, queue.ConsumerCount);
    }

    [Fact]
    public void Get_TakesTheFirstAndSaysHowManyAreLeft()
    {
        Queue queue = _rig.Declare();
        using var receiver = new RecordingReceiver();
        Assert.Null(receiver.Get(queue, settlesOnDelivery: false, out _));
        _rig.Publish(queue, "a", "b", "c");

        Assert.Equal("a", receiver.Get(queue, settlesOnDelivery: false, out ulong none)?.Body);
        Assert.Equal((2L, 0UL), (receiver.ReadyCount, none));
        Assert.Equal("b", receiver.Get(queue, settlesOnDelivery: true, out ulong settled)?.Body);
        Assert.NotEqual(0UL, settled);
        Assert.Equal((1L, 1L), (queue.MessageCount, queue.UnackedCount));
        _rig.Return(queue, 0);
        RecordedDelivery? again = receiver.Get(queue, settlesOnDelivery: false, out _);
        Assert.Equal(("a", true), (again?.Body, again?.Redelivered));
    }
}
