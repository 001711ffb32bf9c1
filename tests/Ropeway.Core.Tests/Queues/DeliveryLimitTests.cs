using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class DeliveryLimitTests : IDisposable
{
    private readonly QueueRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Return_OverTheLimit_IsDeadLettered(bool durable)
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = _rig.Declare(
            durable: durable,
            arguments: new FieldTable { ["x-delivery-limit"] = 2, ["x-dead-letter-exchange"] = string.Empty, ["x-dead-letter-routing-key"] = "dead" });
        _rig.Publish(queue, "body");

        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => GetAndReturn(queue)));

        RecordedDelivery letter = _rig.Expect(dead);
        Assert.Equal("delivery_limit", letter.Deaths[0]["reason"]);
        Assert.True(SpinWait.SpinUntil(() => queue.Log.UnsettledCount == 0, RecordingTarget.Deadline));
    }

    [Fact]
    public void Return_OverTheLimitWithoutAnExchange_IsDropped()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-delivery-limit"] = 0 });
        _rig.Publish(queue, "body");

        GetAndReturn(queue);

        Assert.Equal(0, queue.MessageCount);
        Assert.Equal(0, queue.Log.UnsettledCount);
    }

    [Fact]
    public void Return_QuorumQueueWithoutALimit_HasRabbitMqsDefault()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-queue-type"] = "quorum" });
        _rig.Publish(queue, "body");

        for (int count = 0; count <= 20; count++)
        {
            Assert.Equal(count, GetAndReturn(queue));
        }

        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void Return_ClassicQueue_CountsNothing()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "body");

        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(0, GetAndReturn(queue)));
        Assert.Equal(1, queue.MessageCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_MessageCameBackBefore_TheCountStays(bool isClean)
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-delivery-limit"] = 2 });
        _rig.Publish(queue, "body");
        GetAndReturn(queue);
        GetAndReturn(queue);
        _rig.Publish(_rig.Declare("other"), "x"); // Everything before it in the journal is durable with it.

        queue = isClean ? _rig.Restart() : _rig.Crash();

        Assert.Equal(2, GetAndReturn(queue));
        Assert.Equal(0, queue.MessageCount);
    }

    private long GetAndReturn(Queue queue)
    {
        RecordedDelivery delivery = _rig.Get(queue)!;
        _rig.Return(queue, delivery.Offset);
        return delivery.DeliveryCount;
    }
}
