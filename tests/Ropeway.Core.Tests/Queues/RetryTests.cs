using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

public sealed class RetryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;
    private double _chance;

    public RetryTests() => _rig = new QueueRig(time: _time, chance: () => _chance);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Return_EachTime_WaitsLongerAndLeavesInTheEnd()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(("x-delivery-limit", 3), ("x-delayed-retry-multiplier", 4), ("x-delayed-retry-max", 5_000), ("x-dead-letter-exchange", string.Empty), ("x-dead-letter-routing-key", "dead"));
        _rig.Publish(queue, "body");

        foreach ((long count, long delayMs) in ((long, long)[])[(0, 1_000), (1, 4_000), (2, 5_000)])
        {
            Assert.Equal(count, GetAndReturn(queue));
            Advance(delayMs - 1);
            Assert.Equal((0, 0, 1), CountsOf(queue));
            Assert.Null(_rig.Get(queue));
            Advance(1 + Deadlines.TickMs);
            Assert.Equal((1, 0, 0), CountsOf(queue));
        }

        Assert.Equal(3, GetAndReturn(queue));
        Assert.Equal("delivery_limit", _rig.Expect(dead).Deaths[0]["reason"]);
    }

    [Fact]
    public void Return_WithJitter_WaitsForAPartOfTheTime()
    {
        Queue queue = Declare(("x-delayed-retry-jitter", 60));
        _chance = 0.5;
        _rig.Publish(queue, "body");
        GetAndReturn(queue);

        Advance(699);
        Assert.Equal((0, 0, 1), CountsOf(queue));
        Advance(1 + Deadlines.TickMs);
        Assert.Equal((1, 0, 0), CountsOf(queue));
    }

    [Theory]
    [InlineData("failed", 1, 0)]
    [InlineData("returned", 0, 1)]
    [InlineData("all", 1, 1)]
    [InlineData("disabled", 0, 0)]
    public void Return_KindOfRetry_SaysWhoWaits(string kind, int failed, int returned)
    {
        Queue queue = Declare(("x-delayed-retry-type", kind));
        _rig.Publish(queue, "a", "b");
        _rig.Fail(queue, _rig.Get(queue)!.Offset);
        Assert.Equal(failed, queue.DelayedCount);

        _rig.Purge(queue);
        _rig.Publish(queue, "c");
        _rig.Return(queue, _rig.Get(queue)!.Offset);
        Assert.Equal(returned, queue.DelayedCount);
    }

    [Fact]
    public void Return_MessagesBehind_GoOnAndItComesBackToItsPlace()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b");
        GetAndReturn(queue);
        var target = new RecordingTarget();
        TestConsumer consumer = _rig.Consume(queue, target, credit: 1);
        target.Expect(1);
        _rig.Publish(queue, "c", "d");

        Advance(1_000 + Deadlines.TickMs);
        _rig.Grant(10, consumer);

        target.Expect(4);
        Assert.Equal("b a c d", target.Bodies);
        Assert.Equal([0, 1, 0, 0], target.Deliveries.Select(delivery => delivery.DeliveryCount));
        Assert.Equal([1, 0, 2, 3], target.Deliveries.Select(delivery => delivery.Offset));
    }

    [Fact]
    public void Due_ConsumerWaits_GetsIt()
    {
        Queue queue = Declare();
        var target = new RecordingTarget();
        _rig.Consume(queue, target);
        _rig.Publish(queue, "body");
        _rig.Fail(queue, target.Expect(1)[0].Offset);

        Advance(1_000 + Deadlines.TickMs);

        Assert.True(target.Expect(2)[1].Redelivered);
    }

    [Fact]
    public void Due_MoreThanOneSlice_AllComeInOrder()
    {
        Queue queue = Declare();
        string[] bodies = [.. Enumerable.Range(0, 1_000).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        _rig.Publish(queue, bodies);
        _rig.Return(queue, [.. bodies.Select(_ => _rig.Get(queue)!.Offset)]);
        Assert.Equal((0, 0, 1_000), CountsOf(queue));

        Advance(1_000 + Deadlines.TickMs);
        Assert.True(SpinWait.SpinUntil(() => queue.MessageCount == 1_000, RecordingTarget.Deadline));

        Assert.Equal(bodies, bodies.Select(_ => _rig.Get(queue)!.Body));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_MessageWaits_WaitsForTheRest(bool isClean)
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b", "c");
        long[] offsets = [.. Enumerable.Range(0, 3).Select(_ => _rig.Get(queue)!.Offset)];
        _rig.Return(queue, offsets[1]);
        Advance(600);
        _rig.Return(queue, offsets[2]);
        _rig.Publish(_rig.Declare("other"), "x"); // Everything before it in the journal is durable with it.

        queue = isClean ? _rig.Restart() : _rig.Crash();

        Assert.Equal((1, 0, 2), CountsOf(queue));
        Assert.Equal("a", _rig.Get(queue)!.Body);
        Assert.Null(_rig.Get(queue));
        Advance(400 + Deadlines.TickMs);
        RecordedDelivery b = _rig.Get(queue)!;
        Assert.Equal(("b", 1, true), (b.Body, b.DeliveryCount, b.Redelivered));
        _rig.Return(queue, b.Offset); // The second time: two seconds.
        Advance(600);
        Assert.Equal("c", _rig.Get(queue)!.Body);
        Advance(1_400 + Deadlines.TickMs);
        Assert.Equal(2, _rig.Get(queue)!.DeliveryCount);
    }

    [Fact]
    public void Restart_TimeIsOverMeanwhile_IsReadyAtOnce()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b");
        GetAndReturn(queue);
        Advance(900);
        _rig.Broker.Deadlines.Dispose(); // As if the broker were down.
        Advance(500);

        queue = _rig.Restart();

        Assert.Equal((2, 0, 0), CountsOf(queue));
        Assert.Equal(["a", "b"], [_rig.Get(queue)!.Body, _rig.Get(queue)!.Body]);
    }

    [Fact]
    public void Restart_WithPriorities_ComesBackToItsLevel()
    {
        Queue queue = Declare(("x-max-priority", 5));
        _rig.PublishPriorities(queue, "adb");
        Assert.Equal("d", _rig.Get(queue)!.Body);
        _rig.Return(queue, 1);
        Assert.Equal("b", _rig.Get(queue)!.Body);
        _rig.Return(queue, 2);

        queue = _rig.Restart();
        Assert.Equal((1, 0, 2), CountsOf(queue));
        Assert.Equal("a", _rig.Get(queue)!.Body);
        Advance(1_000 + Deadlines.TickMs);

        Assert.Equal(["d", "b"], [_rig.Get(queue)!.Body, _rig.Get(queue)!.Body]);
    }

    [Fact]
    public void Purge_MessagesWait_AreRemovedToo()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b", "c", "d");
        GetAndReturn(queue);
        GetAndReturn(queue);
        Assert.Equal("c", _rig.Get(queue)!.Body);

        Assert.Equal(3, _rig.Purge(queue));

        Assert.Equal((0, 1, 0), CountsOf(queue));
        Advance(10_000);
        Assert.Null(_rig.Get(queue));
        Assert.Equal(1, queue.Log.UnsettledCount);
    }

    [Fact]
    public void Delete_MessagesWait_NothingIsLeft()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a");
        GetAndReturn(queue);
        int deadlines = _rig.Broker.Deadlines.Count;

        _rig.Delete(queue);

        Assert.Equal(deadlines - 1, _rig.Broker.Deadlines.Count);
        Advance(10_000);
    }

    [Fact]
    public void Ttl_OverWhileItWaits_LeavesWhenItIsDue()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(("x-message-ttl", 300), ("x-dead-letter-exchange", string.Empty), ("x-dead-letter-routing-key", "dead"));
        _rig.Publish(queue, "a");
        GetAndReturn(queue);

        Advance(900);
        Assert.Equal((0, 0, 1), CountsOf(queue));
        Advance(100 + Deadlines.TickMs);

        Assert.Equal("expired", _rig.Expect(dead).Deaths[0]["reason"]);
        Assert.Equal((0, 0, 0), CountsOf(queue));
    }

    [Theory]
    [InlineData("x-max-length", 3)]
    [InlineData("x-max-length-bytes", 3)]
    public void MaxLength_MessagesWait_CountButAreNotDropped(string limit, int value)
    {
        Queue queue = Declare((limit, value));
        _rig.Publish(queue, "a", "b");
        GetAndReturn(queue);
        GetAndReturn(queue);

        _rig.Publish(queue, "c");
        _rig.Publish(queue, "d");
        Assert.Equal((1, 0, 2), CountsOf(queue));

        Advance(1_000 + Deadlines.TickMs);
        Assert.Equal((3, 0, 0), CountsOf(queue));
        Assert.Equal(["a", "b", "d"], Enumerable.Range(0, 3).Select(_ => _rig.Get(queue)!.Body));
    }

    [Theory]
    [InlineData("x-max-length", 2)]
    [InlineData("x-max-length-bytes", 2)]
    public void MaxLength_RefusingQueue_CountsThoseThatWait(string limit, int value)
    {
        Queue queue = Declare((limit, value), ("x-overflow", "reject-publish"));
        _rig.Publish(queue, "a", "b");
        GetAndReturn(queue);
        Assert.False(_rig.PublishWith(queue, "c"));

        queue = _rig.Restart();
        Assert.True(SpinWait.SpinUntil(() => !_rig.PublishWith(queue, "d"), RecordingTarget.Deadline)); // Bytes are counted in the background.
        _rig.Purge(queue);
        Assert.True(_rig.PublishWith(queue, "e"));
    }

    [Fact]
    public void Policy_Ends_WhatWaitsKeepsItsTime()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b");
        GetAndReturn(queue);

        queue.Apply(EffectiveArguments.None);
        GetAndReturn(queue);

        Assert.Equal((1, 0, 1), CountsOf(queue));
        Advance(1_000 + Deadlines.TickMs);
        Assert.Equal((2, 0, 0), CountsOf(queue));
    }

    [Fact]
    public void Return_MoreOftenThanTheMarkCounts_StillLeaves()
    {
        Queue queue = Declare(("x-delivery-limit", 1_000_000));
        _rig.Publish(queue, "a");
        lock (queue.Log.Gate)
        {
            queue.Log.Mark(0, ushort.MaxValue - 1);
        }

        GetAndReturn(queue);
        Advance(10_000_000);
        Assert.Equal(ushort.MaxValue, GetAndReturn(queue));

        Assert.Equal(0, queue.Log.UnsettledCount);
    }

    private static (long Ready, long Unacked, long Delayed) CountsOf(Queue queue) => (queue.MessageCount, queue.UnackedCount, queue.DelayedCount);

    private Queue Declare(params (string Name, object Value)[] arguments)
    {
        var table = new FieldTable { ["x-delayed-retry-type"] = "all", ["x-delayed-retry-min"] = 1_000, ["x-delayed-retry-max"] = 3_000 };
        foreach ((string name, object value) in arguments)
        {
            table[name] = value;
        }

        return _rig.Declare(arguments: table);
    }

    private long GetAndReturn(Queue queue)
    {
        RecordedDelivery delivery = _rig.Get(queue)!;
        _rig.Return(queue, delivery.Offset);
        return delivery.DeliveryCount;
    }

    private void Advance(long ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));
}
