using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueRemovalTests : IDisposable
{
    private readonly QueueRig _rig = new();
    private readonly RecordingTarget _target = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Purge_WithUnackedOutstanding_RemovesTheReadyOnesOnly()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b", "c", "d", "e");
        TestConsumer consumer = _rig.Consume(queue, _target, credit: 3);
        _target.Expect(3);
        _rig.Return(queue, 1); // Ready again, below the cursor.

        Assert.Equal(3, _rig.Purge(queue)); // b, d, e
        Assert.Equal((0L, 2L), (queue.MessageCount, queue.UnackedCount));
        _rig.Return(queue, 0, 2);
        _rig.Publish(queue, "f");
        _rig.Grant(10, consumer);
        Assert.Equal(["a", "c", "f"], _target.Expect(6)[3..].Select(delivery => delivery.Body));
    }

    [Fact]
    public void Purge_OfADurableQueue_OutlivesACrash()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b");
        _rig.Purge(queue);
        _rig.Publish(queue, "c");
        queue = _rig.Crash();

        Assert.Equal("c", _rig.Get(queue)?.Body);
        Assert.Null(_rig.Get(queue));
    }

    [Fact]
    public void Purge_OfADeletedQueue_FindsNothing()
    {
        Queue queue = _rig.Declare(durable: false);
        _rig.Publish(queue, "a");
        _rig.Consume(queue, _target);
        _rig.Delete(queue);

        Assert.Equal(0, _rig.Purge(queue));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Delete_TellsConsumersOnceAndTakesNoMore(bool durable)
    {
        Queue queue = _rig.Declare(durable: durable);
        TestConsumer first = _rig.Consume(queue, _target);
        TestConsumer second = _rig.Consume(queue, _target);
        _rig.Publish(queue, "a", "b");
        _target.Expect(2);
        _rig.Delete(queue);

        Assert.Equal([first, second], _target.Gone);
        Assert.Equal(ConsumerRefusal.QueueGone, queue.AddConsumer(new TestConsumer(queue, _target, credit: 1)));
        _rig.Ack(queue, 0); // Of what was delivered before: nothing to do.
        _rig.Return(queue, 1);
        _rig.Publish(queue, "c"); // By a publisher that had found the queue before.
        Assert.Null(_rig.Get(queue));
        Assert.Equal(2, _target.Deliveries.Length);
        Assert.Equal(0, _rig.Declare(durable: durable).MessageCount);
    }

    [Fact]
    public void Delete_WhileAReadFromDiskIsPending_TellsEverybody()
    {
        for (int i = 0; i < 20; i++)
        {
            Queue queue = _rig.Declare();
            _rig.Publish(queue, [.. Enumerable.Range(0, 50).Select(n => new string('x', 5_000) + n)]);
            queue = _rig.Restart();
            var target = new RecordingTarget();
            TestConsumer consumer = _rig.Consume(queue, target); // Starts a read.
            using var receiver = new RecordingReceiver();
            GetOutcome outcome = queue.TryGet(receiver, settlesOnDelivery: true, out _);
            _rig.Delete(queue);

            Assert.Equal([consumer], target.Gone);
            int delivered = target.Deliveries.Length;
            if (outcome == GetOutcome.Later)
            {
                Assert.Null(receiver.Get(queue, settlesOnDelivery: true, out _)); // It was told to ask again.
            }

            Assert.Equal(delivered, target.Deliveries.Length);
        }
    }
}
