using Ropeway.Core.Queues;
using Ropeway.Core.Tests.Streams;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Queues that are stopped from giving messages away.</summary>
public sealed class QueuePauseTests : IDisposable
{
    private readonly QueueRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Pause_ConsumersAndGets_ReceiveNothingUntilItGoesOn()
    {
        Queue queue = _rig.Declare();
        var target = new RecordingTarget();
        TestConsumer consumer = _rig.Consume(queue, target, credit: 1);
        _rig.Publish(queue, "a", "b");
        target.Expect(1);

        Pause(queue, new QueuePause("ann", "deploying", 5));
        _rig.Publish(queue, "c");
        _rig.Ack(queue, 0);
        _rig.Grant(9, consumer);

        Assert.Null(_rig.Get(queue));
        Assert.Equal((2, 0, 1), (queue.MessageCount, queue.UnackedCount, target.Deliveries.Length));
        Pause(queue, pause: null);
        Assert.Equal(["a", "b", "c"], target.Expect(3).Select(delivery => delivery.Body));
        Assert.All(target.Deliveries, delivery => Assert.False(delivery.Redelivered));
    }

    [Fact]
    public void Pause_NewConsumer_WaitsToo()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        Pause(queue, new QueuePause("ann", string.Empty, 5));
        var target = new RecordingTarget();
        _rig.Consume(queue, target);

        Assert.Equal(1, queue.MessageCount);
        Assert.Empty(target.Deliveries);
        Pause(queue, pause: null);
        target.Expect(1);
    }

    [Fact]
    public void Pause_LengthAndExpiry_StillHold()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-max-length"] = 1, ["x-dead-letter-exchange"] = string.Empty, ["x-dead-letter-routing-key"] = "dead" });
        Pause(queue, new QueuePause("ann", string.Empty, 5));

        _rig.Publish(queue, "a");
        _rig.Publish(queue, "b");

        Assert.Equal("a", _rig.Expect(dead).Body);
        Assert.Equal(1, queue.MessageCount);
    }

    [Fact]
    public void Pause_Crash_SurvivesWithTheQueueOnly()
    {
        Queue queue = _rig.Declare();
        Queue other = _rig.Declare("other");
        _rig.Publish(queue, "a");
        Pause(queue, new QueuePause("ann", "why not", 1234));
        Pause(other, new QueuePause("ann", string.Empty, 5));
        Pause(other, pause: null);

        queue = _rig.Crash();

        Assert.Equal(new QueuePause("ann", "why not", 1234), queue.Paused);
        Assert.Null(_rig.Find("other").Paused);
        Assert.Null(_rig.Get(queue));
        _rig.Delete(queue);
        Assert.Null(_rig.Declare().Paused);
        Assert.Null(_rig.Crash().Paused);
    }

    [Fact]
    public void Pause_Stream_StopsAllItsReaders()
    {
        using var rig = new StreamRig();
        var target = new RecordingTarget();
        rig.Stream.Host.PauseQueue("s", new QueuePause("ann", string.Empty, 5));
        rig.Queues.Consume(rig.Stream, target);
        rig.Queues.Publish(rig.Stream, "a", "b");
        rig.Queues.WaitDurable();
        Assert.True(SpinWait.SpinUntil(() => rig.Stream.MessageCount == 2, RecordingTarget.Deadline));

        Assert.Empty(target.Deliveries);
        rig.Stream.Host.PauseQueue("s", pause: null);
        Assert.Equal(["a", "b"], target.Expect(2).Select(delivery => delivery.Body));
    }

    [Fact]
    public void Pause_NoSuchQueue_IsRefused() => Assert.Throws<RefusedException>(() => _rig.Host.PauseQueue("none", new QueuePause("ann", string.Empty, 5)));

    private void Pause(Queue queue, QueuePause? pause) => _rig.Note(queue.Host.PauseQueue(queue.Name, pause));
}
