using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Groups;
using Ropeway.Core.Timing;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues.Groups;

public sealed class MessageGroupTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public MessageGroupTests() => _rig = new QueueRig(time: _time);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("classic")]
    [InlineData("quorum")]
    public void Deliver_MessagesOfAHeldGroup_GoToItsHolderAndOthersPass(string type)
    {
        Queue queue = Declare(("x-queue-type", type));
        (RecordingTarget first, TestConsumer firstConsumer) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue);

        _rig.PublishGroups(queue, "a1 a2 b1 a3 b2 c1");

        Assert.Equal("a1", first.Bodies);
        Assert.Equal("b1 b2 c1", second.Bodies);
        Assert.Equal(2, queue.MessageCount);
        Assert.Equal(4, queue.UnackedCount);

        _rig.Grant(1, firstConsumer);
        Assert.Equal("a1 a2", first.Bodies);
        _rig.Grant(5, firstConsumer);
        Assert.Equal("a1 a2 a3", first.Bodies);
        Assert.Equal("b1 b2 c1", second.Bodies);
        Assert.All(first.Deliveries, delivery => Assert.False(delivery.Redelivered));
    }

    [Fact]
    public void Deliver_GroupWithoutHeldMessages_GoesToWhoeverHasTheTurn()
    {
        Queue queue = Declare();
        (RecordingTarget first, TestConsumer firstConsumer) = Consume(queue, credit: 1);
        (RecordingTarget second, TestConsumer secondConsumer) = Consume(queue, credit: 1);
        _rig.PublishGroups(queue, "a1 b1 a2");
        Assert.Equal(("a1", "b1"), (first.Bodies, second.Bodies));

        _rig.Grant(1, secondConsumer);
        Assert.Equal("b1", second.Bodies); // a2 waits for the first consumer,
        _rig.Ack(queue, first.Deliveries[0].Offset);
        Assert.Equal("b1 a2", second.Bodies); // unless that one is done with its group.

        _rig.Grant(1, firstConsumer);
        _rig.PublishGroups(queue, "a3 -x");
        Assert.Equal("a1 -x", first.Bodies);
    }

    [Fact]
    public void Deliver_MessagesWithoutGroup_AreShared()
    {
        Queue queue = Declare();
        (RecordingTarget first, _) = Consume(queue);
        (RecordingTarget second, _) = Consume(queue);

        _rig.PublishGroups(queue, "-1 -2 a1 -3 a2");

        Assert.Equal("-1 a1 a2", first.Bodies);
        Assert.Equal("-2 -3", second.Bodies);
    }

    [Fact]
    public void Deliver_ParkedMessages_KeepTheirPlacesAmongOthers()
    {
        Queue queue = Declare();
        (RecordingTarget first, TestConsumer firstConsumer) = Consume(queue, credit: 1);
        (RecordingTarget second, TestConsumer secondConsumer) = Consume(queue, credit: 2);
        _rig.PublishGroups(queue, "a1 b1 b2 a2 b3 a3 -1");
        Assert.Equal(("a1", "b1 b2"), (first.Bodies, second.Bodies));

        _rig.Ack(queue, [.. first.Deliveries.Concat(second.Deliveries).Select(delivery => delivery.Offset)]);
        _rig.Grant(5, firstConsumer, secondConsumer);

        Assert.Equal("a2 b3 a3 -1", string.Join(' ', first.Deliveries.Skip(1).Concat(second.Deliveries.Skip(2)).OrderBy(delivery => delivery.Offset).Select(delivery => delivery.Body)));
        Assert.Equal("a1 a2 a3", first.Bodies);
        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void Return_MessageOfAGroup_ComesAgainBeforeLaterOnes()
    {
        Queue queue = Declare();
        (RecordingTarget first, _) = Consume(queue, credit: 2);
        _rig.PublishGroups(queue, "a1 a2 a3");
        (RecordingTarget second, _) = Consume(queue);
        long[] held = [.. first.Deliveries.Select(delivery => delivery.Offset)];

        _rig.Return(queue, held[1]);
        Assert.Empty(second.Deliveries); // a1 is held.
        _rig.Return(queue, held[0]);

        Assert.Equal("a1 a2 a3", second.Bodies);
        Assert.Equal([true, true, false], second.Deliveries.Select(delivery => delivery.Redelivered));
    }

    [Fact]
    public void RemoveConsumer_WhatItHolds_BlocksItsGroupsUntilItIsGivenBack()
    {
        Queue queue = Declare();
        (RecordingTarget first, TestConsumer gone) = Consume(queue, credit: 1);
        _rig.PublishGroups(queue, "a1 a2 b1");
        queue.RemoveConsumer(gone);
        (RecordingTarget second, _) = Consume(queue);
        Assert.Equal("b1", second.Expect(1)[0].Body);

        _rig.Fail(queue, first.Deliveries[0].Offset);

        Assert.Equal("b1 a1 a2", second.Bodies);
    }

    [Fact]
    public void Deliver_SettlingConsumer_HoldsNothing()
    {
        Queue queue = Declare();
        var first = new RecordingTarget();
        _rig.Consume(queue, first, noAck: true);
        (RecordingTarget second, _) = Consume(queue);

        _rig.PublishGroups(queue, "a1 a2 b1 b2");

        Assert.Equal("a1 b1", first.Bodies);
        Assert.Equal("a2 b2", second.Bodies);
        _rig.PublishGroups(queue, "a3 a4");
        Assert.Equal("a2 b2 a3 a4", second.Bodies);
    }

    [Fact]
    public void Get_TakesOnlyFreeGroupsAndHoldsThem()
    {
        Queue queue = Declare();
        _rig.PublishGroups(queue, "a1 a2 b1 -1 b2");

        RecordedDelivery[] got = [_rig.Get(queue)!, _rig.Get(queue)!, _rig.Get(queue)!];
        Assert.Equal(["a1", "b1", "-1"], got.Select(delivery => delivery.Body));
        Assert.Null(_rig.Get(queue));
        Assert.Equal(2, queue.MessageCount);

        (RecordingTarget target, _) = Consume(queue);
        Assert.Empty(target.Deliveries);
        _rig.Ack(queue, got[1].Offset);
        Assert.Equal("b2", target.Bodies);
        _rig.Return(queue, got[0].Offset);
        Assert.Equal("b2 a1 a2", target.Bodies);
    }

    [Fact]
    public void Get_WithoutAcknowledgement_HoldsNothing()
    {
        Queue queue = Declare();
        _rig.PublishGroups(queue, "a1 a2");

        Assert.Equal("a1", _rig.Get(queue, noAck: true)!.Body);
        Assert.Equal("a2", _rig.Get(queue, noAck: true)!.Body);
    }

    [Fact]
    public void Get_MessagesThatItPasses_WaitForTheirHolder()
    {
        Queue queue = Declare();
        (RecordingTarget target, TestConsumer consumer) = Consume(queue, credit: 1);
        _rig.PublishGroups(queue, "a1 a2 a3 b1");

        Assert.Equal("b1", _rig.Get(queue)!.Body);
        _rig.Grant(2, consumer);

        Assert.Equal("a1 a2 a3", target.Bodies);
    }

    [Theory]
    [InlineData("x-group-id", "JMSXGroupID", true)]
    [InlineData("JMSXGroupID", "other", true)]
    [InlineData("x-Group-Id", "other", false)]
    public void Deliver_HeaderOfTheGroup_IsOneOfTwo(string name, string other, bool isGroup)
    {
        Queue queue = Declare();
        (RecordingTarget first, _) = Consume(queue);
        (RecordingTarget second, _) = Consume(queue);

        _rig.PublishWith(queue, "1", headers: new FieldTable { ["n"] = 1, [other] = "A", [name] = "a" });
        _rig.PublishWith(queue, "2", headers: new FieldTable { [other] = "B", [name] = "a" });

        Assert.Equal(isGroup ? "1 2" : "1", first.Bodies);
        Assert.Equal(isGroup ? string.Empty : "2", second.Bodies);
    }

    [Theory]
    [InlineData(17)]
    [InlineData("")]
    [InlineData(true)]
    public void Deliver_HeaderThatIsNoText_MeansNoGroup(object id)
    {
        Queue queue = Declare();
        (RecordingTarget first, _) = Consume(queue);
        (RecordingTarget second, _) = Consume(queue);

        _rig.PublishWith(queue, "1", headers: new FieldTable { ["x-group-id"] = id, ["JMSXGroupID"] = "a" });
        _rig.PublishWith(queue, "2", headers: new FieldTable { ["x-group-id"] = id, ["JMSXGroupID"] = "a" });

        Assert.Equal(("1", "2"), (first.Bodies, second.Bodies));
    }

    [Fact]
    public void Deliver_LongIds_DifferAlsoAtTheEnd()
    {
        Queue queue = Declare();
        (RecordingTarget first, _) = Consume(queue);
        (RecordingTarget second, _) = Consume(queue);
        string common = new('x', 1000);

        foreach (string end in (string[])["a", "b", "a", "b"])
        {
            _rig.PublishWith(queue, end, headers: new FieldTable { ["x-group-id"] = common + end });
        }

        Assert.Equal(("a a", "b b"), (first.Bodies, second.Bodies));
    }

    [Fact]
    public void Deliver_PrioritiesOfMessages_GoBeforeOffsetsWithinAGroup()
    {
        Queue queue = Declare(("x-max-priority", 3));
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue);
        _rig.PublishGroups(queue, "a1:1 b1:0 a2:0 a3:2");
        Assert.Equal(("a3", "b1"), (first.Bodies, second.Bodies));

        _rig.PublishGroups(queue, "a4:3 b2:1");
        _rig.Grant(9, consumer);

        Assert.Equal("a3 a4 a1 a2", first.Bodies);
        Assert.Equal("b1 b2", second.Bodies);
    }

    [Fact]
    public void Deliver_PrioritiesOfConsumers_CountForFreeGroupsOnly()
    {
        Queue queue = Declare();
        var low = new RecordingTarget();
        TestConsumer lowConsumer = _rig.Consume(queue, low, credit: 1);
        _rig.PublishGroups(queue, "a1");
        var high = new RecordingTarget();
        _rig.Consume(queue, high, priority: 5);

        _rig.PublishGroups(queue, "a2 b1");
        _rig.Grant(5, lowConsumer);

        Assert.Equal("a1 a2", low.Bodies);
        Assert.Equal("b1", high.Bodies);
    }

    [Fact]
    public void Deliver_SingleActiveConsumer_WaitsForWhatTheOneBeforeHolds()
    {
        Queue queue = Declare(("x-single-active-consumer", true));
        (RecordingTarget first, TestConsumer gone) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue);
        _rig.PublishGroups(queue, "a1 a2 b1");

        queue.RemoveConsumer(gone);
        second.Expect(1);
        Assert.Equal("b1", second.Bodies);
        _rig.Ack(queue, first.Deliveries[0].Offset);

        Assert.Equal("b1 a2", second.Bodies);
    }

    [Fact]
    public void Reject_OrLimitOfDeliveries_FreesTheGroup()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(("x-delivery-limit", 0), ("x-dead-letter-exchange", string.Empty), ("x-dead-letter-routing-key", "dead"));
        (RecordingTarget first, _) = Consume(queue, credit: 1);
        _rig.PublishGroups(queue, "a1 a2 a3");
        (RecordingTarget second, TestConsumer secondConsumer) = Consume(queue, credit: 1);

        _rig.Reject(queue, first.Deliveries[0].Offset);
        Assert.Equal("a2", second.Bodies);
        _rig.Return(queue, second.Deliveries[0].Offset);
        _rig.Grant(1, secondConsumer);

        Assert.Equal("a2 a3", second.Bodies);
        Assert.Equal(["a1", "a2"], [_rig.Expect(dead).Body, _rig.Expect(dead).Body]);
    }

    [Fact]
    public void Postpone_MessageOfAGroup_BlocksItUntilItIsDue()
    {
        Queue queue = Declare(("x-delayed-retry-type", "all"), ("x-delayed-retry-min", 1_000));
        (RecordingTarget first, _) = Consume(queue, credit: 2);
        _rig.PublishGroups(queue, "a1 a2 a3 b1");
        (RecordingTarget second, _) = Consume(queue);
        _rig.Fail(queue, first.Deliveries[0].Offset);
        _rig.Ack(queue, first.Deliveries[1].Offset);
        Assert.Equal("b1", second.Bodies);
        Assert.Equal((1, 1), (queue.MessageCount, queue.DelayedCount));

        Advance(1_000 + Deadlines.TickMs);

        second.Expect(3);
        Assert.Equal("b1 a1 a3", second.Bodies);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Recover_PostponedMessage_BlocksItsGroup(bool crashes)
    {
        Queue queue = Declare(("x-delayed-retry-type", "all"), ("x-delayed-retry-min", 1_000));
        _rig.PublishGroups(queue, "a1 a2 b1");
        _rig.Fail(queue, _rig.Get(queue)!.Offset);
        _rig.WaitDurable();
        _rig.Publish(_rig.Declare("other"), "x"); // Everything before it in the journal is durable with it.

        queue = crashes ? _rig.Crash() : _rig.Restart();
        (RecordingTarget target, _) = Consume(queue);
        target.Expect(1);
        Assert.Equal("b1", target.Bodies);
        Advance(1_000 + Deadlines.TickMs);

        target.Expect(3);
        Assert.Equal("b1 a1 a2", target.Bodies);
    }

    [Fact]
    public void Recover_ParkedMessages_AreThereInTheirOrder()
    {
        Queue queue = Declare();
        Consume(queue, credit: 1);
        Consume(queue);
        _rig.PublishGroups(queue, "a1 a2 b1 a3");

        queue = _rig.Restart();
        (RecordingTarget target, _) = Consume(queue);

        target.Expect(4);
        Assert.Equal("a1 a2 b1 a3", target.Bodies);
    }

    [Fact]
    public void Expire_ParkedMessages_LeaveInTheirTurn()
    {
        Queue queue = Declare(("x-message-ttl", 1_000));
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue);
        _rig.PublishGroups(queue, "a1 a2 b1");
        Assert.Equal(1, queue.MessageCount);

        Advance(1_000 + Deadlines.TickMs);
        Assert.True(SpinWait.SpinUntil(() => queue.MessageCount == 0, RecordingTarget.Deadline));
        _rig.PublishGroups(queue, "a3");
        _rig.Grant(9, consumer);

        Assert.Equal(("a1 a3", "b1"), (first.Bodies, second.Bodies));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Expire_MessageBehindAParkedOne_LeavesWhenItsTurnComes(bool isFetched)
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(("x-dead-letter-exchange", string.Empty), ("x-dead-letter-routing-key", "dead"));
        _rig.PublishGroups(queue, "a1 a2");
        RecordedDelivery held = _rig.Get(queue)!;
        _rig.PublishExpiring(queue, "old", expirationMs: 10);
        _rig.PublishGroups(queue, "-new");
        Advance(10 + Deadlines.TickMs);

        if (isFetched)
        {
            Assert.Equal("-new", _rig.Get(queue)!.Body);
        }
        else
        {
            Assert.Equal("-new", Consume(queue).Target.Expect(1)[0].Body);
        }

        Assert.Equal("old", _rig.Expect(dead).Body);
        Assert.Equal((1, 2), (queue.MessageCount, queue.UnackedCount));
        _rig.Ack(queue, held.Offset);
    }

    [Fact]
    public void MaxLength_ParkedMessages_AreDroppedFirst()
    {
        Queue queue = Declare(("x-max-length", 2));
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue, credit: 1);

        _rig.PublishGroups(queue, "a1 a2 b1 a3 b2 a4");
        Assert.Equal(2, queue.MessageCount);
        _rig.Grant(9, consumer);

        Assert.Equal("a1 a4", first.Bodies);
        Assert.Equal("b1", second.Bodies);
    }

    [Fact]
    public void MaxLength_WithRejectPublish_CountsParkedMessages()
    {
        Queue queue = Declare(("x-max-length", 2), ("x-overflow", "reject-publish"));
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue);

        _rig.PublishGroups(queue, "a1 b1 a2 b2 a3 a4");
        _rig.PublishGroups(queue, "b3");
        Assert.Equal("b1 b2", second.Bodies);
        _rig.Grant(9, consumer);

        Assert.Equal("a1 a2 a3", first.Bodies);
    }

    [Fact]
    public void MaxLength_ParkedMessagesWithPriorities_DropsTheLeast()
    {
        Queue queue = Declare(("x-max-length", 2), ("x-max-priority", 3));
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 1);
        Consume(queue);

        _rig.PublishGroups(queue, "a1:3");
        _rig.PublishGroups(queue, "a2:2 a3:0 a4:1");
        _rig.Grant(9, consumer);

        Assert.Equal("a1 a2 a4", first.Bodies);
    }

    [Fact]
    public void MaxLengthBytes_ParkedMessages_CountAndAreDropped()
    {
        Queue queue = Declare(("x-max-length-bytes", 4));
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 1);
        Consume(queue);

        _rig.PublishGroups(queue, "a1 a2 a3 b1 a4");
        Assert.Equal(2, queue.MessageCount);
        _rig.Grant(9, consumer);

        Assert.Equal("a1 a3 a4", first.Bodies);
    }

    [Fact]
    public void Purge_ParkedMessages_GoAndHeldOnesStay()
    {
        Queue queue = Declare(("x-delayed-retry-type", "failed"), ("x-delayed-retry-min", 1_000));
        (RecordingTarget first, TestConsumer firstConsumer) = Consume(queue, credit: 2);
        (RecordingTarget second, _) = Consume(queue);
        _rig.PublishGroups(queue, "a1 b1 a2 a3 a4");
        Assert.Equal("a1 a2", first.Bodies);
        _rig.Fail(queue, second.Deliveries[0].Offset); // b1 is postponed.

        Assert.Equal(3, _rig.Purge(queue));
        Assert.Equal((0, 2, 0), (queue.MessageCount, queue.UnackedCount, queue.DelayedCount));
        _rig.PublishGroups(queue, "a5 b2");

        Assert.Equal("b1 b2", second.Bodies);
        _rig.Grant(1, firstConsumer);
        Assert.Equal("a1 a2 a5", first.Bodies);
    }

    [Fact]
    public void Policy_SwitchedOnAndOff_HoldsForLiveQueues()
    {
        Queue queue = Warm(_rig.Declare());
        (RecordingTarget first, _) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue, credit: 5);
        PutPolicy(on: true);
        Assert.True(queue.Effective.HasMessageGroups);
        _rig.PublishGroups(queue, "a1 a2 b1 a3");
        Assert.Equal(("a1", "b1"), (first.Bodies, second.Bodies));

        PutPolicy(on: false);
        second.Expect(3);
        Assert.Equal("b1 a2 a3", second.Bodies);
        Assert.All(second.Deliveries, delivery => Assert.False(delivery.Redelivered));

        PutPolicy(on: true); // What was delivered before holds nothing.
        _rig.PublishGroups(queue, "a4 a5");
        Assert.Equal("b1 a2 a3 a4 a5", second.Bodies);
        _rig.Ack(queue, [.. first.Deliveries.Concat(second.Deliveries).Select(delivery => delivery.Offset)]);
        Assert.Equal(0, queue.Log.UnsettledCount);
    }

    [Fact]
    public void Policy_SwitchedOnWithPostponedMessages_BlocksTheirGroups()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-delayed-retry-type"] = "all", ["x-delayed-retry-min"] = 1_000 });
        _rig.PublishGroups(queue, "a1 a2 b1");
        _rig.Fail(queue, _rig.Get(queue)!.Offset);
        PutPolicy(on: true);

        Assert.Equal("b1", _rig.Get(queue)!.Body);
        Assert.Null(_rig.Get(queue));
        Advance(1_000 + Deadlines.TickMs);

        Assert.Equal("a1", _rig.Expect(queue, noAck: false).Body);
    }

    [Fact]
    public void Park_MoreThanTheBound_DispatchWaits()
    {
        Queue queue = Declare();
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue);
        for (int count = 0; count <= MessageGroups.WaitingMax; count += 1_000)
        {
            _rig.PublishGroups(queue, string.Join(' ', Enumerable.Range(count, 1_000).Select(number => $"a{number}")));
        }

        _rig.PublishGroups(queue, "b1");
        Assert.Null(_rig.Get(queue));
        Assert.Empty(second.Deliveries);

        _rig.Grant(1_000, consumer);
        second.Expect(1);
        Assert.Equal("b1", second.Bodies);
        Assert.Equal(1_001, first.Deliveries.Length);
        Assert.Equal(MessageGroups.WaitingMax - 1, queue.MessageCount);
    }

    [Fact]
    public void Purge_FullOfParkedMessages_OthersAreDeliveredAgain()
    {
        Queue queue = Declare();
        Consume(queue, credit: 1);
        (RecordingTarget second, _) = Consume(queue);
        _rig.PublishGroups(queue, string.Join(' ', Enumerable.Range(0, MessageGroups.WaitingMax + 10).Select(number => $"a{number}")));

        Assert.Equal(MessageGroups.WaitingMax + 9, _rig.Purge(queue));
        _rig.PublishGroups(queue, "a0 b1");

        second.Expect(1);
        Assert.Equal("b1", second.Bodies);
    }

    [Fact]
    public void Rewind_MessagesOfAGroup_ComeBeforeLaterOnesAndToItsHolder()
    {
        Queue queue = Declare(("x-ack-retention", 3_600_000));
        (RecordingTarget first, TestConsumer consumer) = Consume(queue, credit: 3);
        (RecordingTarget second, _) = Consume(queue);
        _rig.PublishGroups(queue, "a1 b1 a2 a3 a4");
        _rig.Ack(queue, first.Deliveries[0].Offset, first.Deliveries[1].Offset);
        Assert.Equal(("a1 a2 a3", "b1"), (first.Bodies, second.Bodies));

        Assert.Equal(2, ((SharedQueue)queue).Rewind(RewindStart.FromSequence(first.Deliveries[0].Offset)).Count);
        _rig.Grant(9, consumer);

        Assert.Equal("a1 a2 a3 a1 a2 a4", first.Bodies);
        Assert.Equal("b1", second.Bodies);
    }

    private Queue Declare(params (string Name, object Value)[] arguments)
    {
        var table = new FieldTable { ["x-message-groups"] = true };
        foreach ((string name, object value) in arguments)
        {
            table[name] = value;
        }

        return Warm(_rig.Declare(arguments: table));
    }

    /// <summary>Has the delivery horizon moved, for which the first delivery waits.</summary>
    private Queue Warm(Queue queue)
    {
        _rig.Publish(queue, "w");
        Assert.Equal("w", _rig.Get(queue, noAck: true)!.Body);
        return queue;
    }

    private (RecordingTarget Target, TestConsumer Consumer) Consume(Queue queue, int credit = int.MaxValue)
    {
        var target = new RecordingTarget();
        return (target, _rig.Consume(queue, target, credit));
    }

    private void Advance(long ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));

    private void PutPolicy(bool on) => _rig.Note(_rig.Host.Policies.Set(
        Policy.Create(PolicyKind.User, "groups", ".*", PolicyTarget.Queues, priority: 1, new FieldTable { ["message-groups"] = on })));
}
