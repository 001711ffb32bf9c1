using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

/// <summary>What becomes of dead letters in a crash, and of those that nobody takes.</summary>
public sealed class DeadLetterStrategyTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600));
    private readonly QueueRig _rig;

    public DeadLetterStrategyTests()
    {
        _rig = new QueueRig(time: _time);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Crash_AtAnyPoint_EachLetterIsInOnePlace()
    {
        const int PointCount = 12;
        const int MessageCount = 4;
        var movedCounts = new HashSet<long>();
        for (int point = 0; point <= PointCount; point++)
        {
            using var rig = new QueueRig();
            rig.Declare("dead");
            Queue queue = rig.Declare(arguments: Arguments("at-most-once", ""));
            rig.Publish(queue, [.. Enumerable.Range(0, MessageCount).Select(n => n.ToString(CultureInfo.InvariantCulture))]);
            long start = rig.JournalBytes();
            foreach (int left in Enumerable.Range(0, MessageCount).Reverse())
            {
                rig.Reject(queue, rig.Get(queue)!.Offset);
                Assert.True(SpinWait.SpinUntil(() => queue.Log.UnsettledCount == left, RecordingTarget.Deadline));
            }

            rig.Publish(rig.Declare("later"), "x"); // Everything before it in the journal is durable with it.
            queue = rig.Crash(journalBytes: start + ((rig.JournalBytes() - start) * point / PointCount));

            string[] bodies = [.. Drain(rig, rig.Find("dead")), .. Drain(rig, queue)];
            Assert.Equal(Enumerable.Range(0, MessageCount).Select(n => n.ToString(CultureInfo.InvariantCulture)), bodies);
            movedCounts.Add(rig.Find("dead").Log.EndOffset);
        }

        Assert.True(movedCounts.Count > 2, $"Only {movedCounts.Count} different points were met.");
    }

    [Fact]
    public void Crash_LetterWasConsumedAtOnce_DoesNotComeBack()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(Arguments("at-most-once", ""));
        var target = new RecordingTarget();
        _rig.Consume(dead, target, noAck: true);
        _rig.Publish(queue, "a", "b");
        _rig.Reject(queue, _rig.Get(queue)!.Offset, _rig.Get(queue)!.Offset);
        target.Expect(2);
        ExpectSettled(queue);
        _rig.Publish(_rig.Declare("later"), "x");

        queue = _rig.Crash();

        Assert.Equal(0, queue.MessageCount + _rig.Find("dead").MessageCount);
    }

    [Fact]
    public void AtMostOnce_TargetIsFull_IsDropped()
    {
        Queue dead = Full("dead");
        Queue queue = Declare(Arguments("at-most-once", ""));
        _rig.Publish(queue, "body");

        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        ExpectSettled(queue);
        Assert.Equal(["full"], Drain(_rig, dead));
    }

    [Fact]
    public void AtLeastOnce_QueueDropsItsHead_IsDropped()
    {
        Queue dead = Full("dead");
        FieldTable arguments = Arguments("at-least-once", "");
        arguments["x-overflow"] = "drop-head";
        Queue queue = Declare(arguments);
        _rig.Publish(queue, "body");

        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        ExpectSettled(queue);
        Assert.Equal(["full"], Drain(_rig, dead));
    }

    [Fact]
    public void AtLeastOnce_TargetIsFull_StaysUntilItHasRoom()
    {
        Queue dead = Full("dead");
        Queue queue = Declare(Arguments("at-least-once", ""));
        _rig.Publish(queue, "a", "b");
        _rig.Reject(queue, _rig.Get(queue)!.Offset, _rig.Get(queue)!.Offset);
        ExpectWaiting();
        Assert.Equal(2, queue.Log.UnsettledCount);
        Assert.Equal(0, queue.MessageCount);

        Assert.Equal("full", _rig.Get(dead, noAck: true)!.Body);
        Retry();
        Assert.True(SpinWait.SpinUntil(() => queue.Log.UnsettledCount == 1, RecordingTarget.Deadline));
        ExpectWaiting(); // For the second there was no room again.
        Assert.Equal("a", _rig.Get(dead, noAck: true)!.Body);
        Retry();

        ExpectSettled(queue);
        Assert.Equal(["b"], Drain(_rig, dead));
    }

    [Fact]
    public void AtLeastOnce_OneOfTwoTargetsIsFull_TheOtherGetsItOnce()
    {
        Queue full = Full("full");
        Queue free = _rig.Declare("free");
        _rig.Bind("amq.fanout", full, string.Empty);
        _rig.Bind("amq.fanout", free, string.Empty);
        Queue queue = Declare(Arguments("at-least-once", "amq.fanout"));
        _rig.Publish(queue, "body");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        ExpectWaiting();
        Retry();
        ExpectWaiting();

        _rig.Get(full, noAck: true);
        Retry();

        Assert.Equal("body", _rig.Expect(full).Body);
        ExpectSettled(queue);
        Assert.Equal(["body"], Drain(_rig, free));
    }

    [Fact]
    public void AtLeastOnce_LeadsNowhere_StaysUntilItDoes()
    {
        Queue queue = Declare(Arguments("at-least-once", "not-yet"));
        _rig.Publish(queue, "body");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        ExpectWaiting();
        _rig.Host.DeclareExchange(new ExchangeSettings("not-yet", ExchangeType.Fanout, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        Retry();
        ExpectWaiting();
        Assert.Equal(1, queue.Log.UnsettledCount);

        Queue dead = _rig.Declare("dead");
        _rig.Bind("not-yet", dead, string.Empty);
        Retry();

        Assert.Equal("body", _rig.Expect(dead).Body);
        ExpectSettled(queue);
    }

    [Fact]
    public void AtLeastOnce_LettersThatStay_CountForTheLength()
    {
        Full("dead");
        FieldTable arguments = Arguments("at-least-once", "");
        arguments["x-max-length"] = 2;
        Queue queue = Declare(arguments);
        _rig.Publish(queue, "a", "b");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        ExpectWaiting();

        Assert.False(_rig.Publish(queue, ("c", true)));
    }

    [Fact]
    public void AtLeastOnce_TargetGivesItAwayItself_IsDone()
    {
        Queue last = _rig.Declare("last");
        _rig.Declare("dead", arguments: new FieldTable { ["x-max-length"] = 0, ["x-overflow"] = "reject-publish-dlx", ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "last" });
        Queue queue = Declare(Arguments("at-least-once", ""));
        _rig.Publish(queue, "body");

        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        Assert.Equal(["dead", "q"], _rig.Expect(last).Deaths.Select(death => death["queue"]));
        ExpectSettled(queue);
    }

    [Fact]
    public void Send_ToARecentHistory_QueuesBoundLaterGetIt()
    {
        _rig.Host.DeclareExchange(new ExchangeSettings("recent", ExchangeType.RecentHistory, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        Queue queue = Declare(Arguments("at-most-once", "recent"));
        _rig.PublishWith(queue, "body");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        ExpectSettled(queue);

        Queue late = _rig.Declare("late");
        _rig.Bind("recent", late, string.Empty);

        Assert.Equal("rejected", _rig.Expect(late).Deaths[0]["reason"]);
    }

    /// <summary>Quorum queues of RabbitMQ keep dead letters only where publishers are refused at the limit.</summary>
    private static FieldTable Arguments(string strategy, string exchange) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = strategy,
        ["x-dead-letter-exchange"] = exchange,
        ["x-dead-letter-routing-key"] = "dead",
    };

    private static string[] Drain(QueueRig rig, Queue queue) => [.. Enumerable.Range(0, (int)queue.MessageCount).Select(_ => rig.Get(queue, noAck: true)!.Body)];

    private static void ExpectSettled(Queue queue) => Assert.True(SpinWait.SpinUntil(() => queue.Log.UnsettledCount == 0, RecordingTarget.Deadline));

    /// <summary>A queue that takes one message, and has it.</summary>
    private Queue Full(string name)
    {
        Queue queue = Declare(new FieldTable { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }, name);
        _rig.Publish(queue, "full");
        return queue;
    }

    private Queue Declare(FieldTable arguments, string name = "q")
    {
        Queue queue = _rig.Declare(name, arguments: arguments);
        _time.Advance(TimeSpan.FromMilliseconds(Deadlines.TickMs)); // A queue with a limit looks at itself once.
        Assert.Equal(0, _rig.Broker.Deadlines.Count);
        return queue;
    }

    /// <summary>Letters were tried and wait for the next try.</summary>
    private void ExpectWaiting() => Assert.True(SpinWait.SpinUntil(() => _rig.Broker.Deadlines.Count == 1, RecordingTarget.Deadline));

    private void Retry() => _time.Advance(TimeSpan.FromMilliseconds(DeadLetters.RetryMs + Deadlines.TickMs));
}
