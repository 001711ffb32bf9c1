using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Core.Tests.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Statistics;

/// <summary>What queues count of their messages.</summary>
public sealed class QueueCounterTests : IDisposable
{
    private readonly QueueRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Queue_WithoutMessages_CountsNothing() => Assert.Null(_rig.Declare().Counters);

    [Fact]
    public void Delivered_AndAcknowledged_AreCounted()
    {
        Queue queue = _rig.Declare();
        var target = new RecordingTarget();
        _rig.Publish(queue, "a", "b", "c");
        _rig.Consume(queue, target);
        target.Expect(3);
        _rig.Ack(queue, 0, 1);
        _rig.Return(queue, 2);
        target.Expect(4);

        AssertCounts(queue, (MessageEvent.Published, 3), (MessageEvent.Delivered, 4), (MessageEvent.Redelivered, 1), (MessageEvent.Acknowledged, 2));
    }

    [Fact]
    public void Fetched_IsCounted_AndNothingToo()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");

        _rig.Get(queue);
        _rig.Get(queue);

        AssertCounts(queue, (MessageEvent.Published, 1), (MessageEvent.Fetched, 1), (MessageEvent.FetchedNothing, 1));
    }

    [Fact]
    public void OverLength_IsCounted_AsALetterToo()
    {
        _rig.Declare("dead");
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-max-length"] = 1, ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "dead" });

        _rig.Publish(queue, "a", "b", "c");

        AssertCounts(queue, (MessageEvent.Published, 3), (MessageEvent.OverLength, 2), (MessageEvent.OverLengthLetters, 2));
    }

    [Fact]
    public void Refused_IsCounted()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });

        _rig.Publish(queue, "a", "b");

        AssertCounts(queue, (MessageEvent.Published, 1), (MessageEvent.Refused, 1));
    }

    [Fact]
    public void Active_OnlyWhatChanges_IsListedOnce()
    {
        Queue queue = _rig.Declare();
        _rig.Declare("idle");
        ActiveObjects active = _rig.Broker.Active;
        _rig.Publish(queue, "unwatched");
        Assert.Empty(active.Take());
        active.Watch();

        _rig.Publish(queue, "a");
        _rig.Publish(queue, "b");

        Assert.Same(queue.Counters, Assert.Single(active.Take()));
        _rig.Publish(queue, "c");
        Assert.Empty(active.Take());
        queue.Counters!.Unlist();
        _rig.Publish(queue, "d");
        Assert.Same(queue.Counters, Assert.Single(active.Take()));
    }

    [Fact]
    public void Deleted_WithMessages_HasEnded()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");

        _rig.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);

        Assert.True(queue.Counters!.HasEnded);
        Assert.Equal(1, _rig.Broker.Churn.QueuesDeleted);
    }

    private static void AssertCounts(Queue queue, params (MessageEvent Event, long Count)[] expected)
    {
        IEnumerable<(MessageEvent, long)> counted = Enum.GetValues<MessageEvent>().Select(one => (one, queue.Counters![one])).Where(count => count.Item2 != 0);
        Assert.Equal(expected, counted);
    }
}
