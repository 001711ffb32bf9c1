using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class RewindTests : IDisposable
{
    private const long MinuteMs = 60_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public RewindTests() => _rig = new QueueRig(time: _time);

    private long NowMs => _rig.Broker.Deadlines.NowMs;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Rewind_AcknowledgedMessages_ComeBackToTheirPlacesAsRedelivered()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b", "c", "d", "e");
        Take(queue, 4);
        _rig.Ack(queue, 0, 1, 3);
        Assert.Equal((1, 1, 3), CountsOf(queue));
        _rig.Return(queue, 2);

        Assert.Equal(3, Rewind(queue, RewindStart.FromSequence(0)));

        Assert.Equal((5, 0, 0), CountsOf(queue));
        Assert.Equal([("a", true), ("b", true), ("c", true), ("d", true), ("e", false)], Enumerable.Range(0, 5).Select(_ => _rig.Get(queue)!).Select(got => (got.Body, got.Redelivered)));
        Assert.Null(_rig.Get(queue));
    }

    [Fact]
    public void Rewind_FromASequence_LeavesLowerNumbersWhereTheyAre()
    {
        Queue queue = Declare();
        Consume(queue, "a", "b", "c", "d");

        Assert.Equal(2, Rewind(queue, RewindStart.FromSequence(2)));
        Assert.Equal((2, 0, 2), CountsOf(queue));
        Assert.Equal("c", _rig.Get(queue)!.Body);
        Assert.Equal(0, Rewind(queue, RewindStart.FromSequence(2)));
        Assert.Equal(2, Rewind(queue, RewindStart.FromSequence(0)));
        Assert.Equal("a", _rig.Get(queue)!.Body);
        Assert.Equal(0, Rewind(queue, RewindStart.FromSequence(1_000)));
    }

    [Fact]
    public void Rewind_SinceATime_TakesWhatWasAcknowledgedThen()
    {
        Queue queue = Declare();
        Consume(queue, "a", "b");
        Advance(10_000);
        long sinceMs = NowMs;
        Consume(queue, "c");
        Advance(10_000);
        Consume(queue, "d");
        Advance(10_000);

        Assert.Equal(0, Rewind(queue, RewindStart.Since(NowMs)));
        Assert.Equal(2, Rewind(queue, RewindStart.Since(sinceMs)));
        Assert.Equal((2, 0, 2), CountsOf(queue));
        Assert.Equal("c", _rig.Get(queue)!.Body);
        Assert.Equal(2, Rewind(queue, RewindStart.Since(0)));
    }

    [Fact]
    public void Keep_EveryWayToAcknowledge_Keeps()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b");
        Assert.Equal("a", _rig.Get(queue, noAck: true)!.Body);
        Assert.Equal(1, queue.KeptCount);
        var target = new RecordingTarget();
        _rig.Consume(queue, target, noAck: true);
        target.Expect(1);
        Assert.Equal((0, 0, 2), CountsOf(queue));
    }

    [Fact]
    public void Keep_WhatNobodyAcknowledged_IsGone()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(("x-message-ttl", 1_000), ("x-max-length", 3));
        Queue letters = _rig.Declare("letters", arguments: Arguments(("x-dead-letter-exchange", string.Empty), ("x-dead-letter-routing-key", "dead")));
        _rig.Publish(queue, "dropped", "rejected", "expired", "purged");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        _rig.Return(queue, _rig.Get(queue)!.Offset);
        Advance(1_000 + Deadlines.TickMs);
        _rig.Publish(queue, "purged");
        _rig.Purge(queue);
        _rig.Publish(letters, "letter");
        _rig.Reject(letters, _rig.Get(letters)!.Offset);

        Assert.Equal("letter", _rig.Expect(dead).Body);
        Assert.Equal((0, 0, 0), CountsOf(queue));
        Assert.Equal((0, 0, 0), CountsOf(letters));
        Assert.Equal(0, queue.Log.UnsettledCount);
    }

    [Fact]
    public void Age_CountsFromTheAcknowledgement()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b");
        Take(queue, 2);
        Advance(MinuteMs);
        _rig.Ack(queue, 0);
        Advance(30_000);
        _rig.Ack(queue, 1);

        Advance(30_000 - 1);
        Assert.Equal(2, queue.KeptCount);
        Advance(1 + Deadlines.TickMs);
        Assert.Equal(1, queue.KeptCount);
        Advance(30_000);
        Assert.Equal(0, queue.KeptCount);
        Assert.Equal(0, Rewind(queue, RewindStart.FromSequence(0)));
    }

    [Fact]
    public void Age_AcknowledgedAgain_CountsAnew()
    {
        Queue queue = Declare();
        Consume(queue, "a");
        Advance(40_000);
        Assert.Equal(1, Rewind(queue, RewindStart.Since(0)));
        Assert.Equal(0, queue.KeptCount);
        Take(queue, 1);
        _rig.Ack(queue, 0);

        Advance(59_999);
        Assert.Equal(1, queue.KeptCount);
        Advance(1 + Deadlines.TickMs);
        Assert.Equal(0, queue.KeptCount);
    }

    [Fact]
    public void Age_SteadyTraffic_KeepsWhatIsYounger()
    {
        Queue queue = Declare();
        for (int second = 0; second < 300; second++)
        {
            Consume(queue, "x");
            Advance(1_000);
        }

        Assert.InRange(queue.KeptCount, 59, 61);
    }

    [Theory]
    [InlineData(10_000L, 1)]
    [InlineData(0L, 0)]
    [InlineData(null, 0)]
    public void Policy_LowersOrRemovesTheTime_DiscardsAtOnce(long? retentionMs, int left)
    {
        Queue queue = _rig.Declare();
        queue.Apply(EffectiveArguments.None with { AckRetentionMs = MinuteMs });
        Consume(queue, "a", "b");
        Advance(20_000);
        Consume(queue, "c");

        queue.Apply(EffectiveArguments.None with { AckRetentionMs = retentionMs });
        Advance(Deadlines.TickMs);

        Assert.Equal(left, queue.KeptCount);
        Assert.Equal(left, queue.Log.KeptCount);
        Consume(queue, "d");
        Assert.Equal(left * 2, queue.KeptCount);
        Assert.Equal(left > 0 ? RewindStatus.Done : RewindStatus.NotKept, Shared(queue).Rewind(RewindStart.Since(0)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_MessagesAreKept_CanComeBackBetweenTheOthers(bool isClean)
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b", "c", "d", "e");
        Take(queue, 4);
        _rig.Ack(queue, 1, 3);
        Advance(50_000);

        queue = isClean ? _rig.Restart() : _rig.Crash();

        Assert.Equal((3, 0, 2), CountsOf(queue));
        Assert.Equal("a", _rig.Get(queue)!.Body);
        Assert.Equal(2, Rewind(queue, RewindStart.FromSequence(0)));
        Assert.Equal(["b", "c", "d", "e"], Take(queue, 5));
    }

    [Fact]
    public void Restart_Rewound_StaysSo()
    {
        Queue queue = Declare();
        Consume(queue, "a", "b", "c");
        Rewind(queue, RewindStart.FromSequence(1));

        queue = _rig.Crash();

        Assert.Equal((2, 0, 1), CountsOf(queue));
        Assert.Equal(["b", "c"], Take(queue, 3));
    }

    [Fact]
    public void Restart_AgeCountsFromIt()
    {
        Queue queue = Declare();
        Consume(queue, "a");
        long ackedMs = NowMs;
        Advance(59_000);

        queue = _rig.Restart();

        Advance(59_000);
        Assert.Equal(1, queue.KeptCount);
        Assert.Equal(1, Rewind(queue, RewindStart.Since(ackedMs + 30_000)));
        Consume(queue, "b");
        Advance(MinuteMs + Deadlines.TickMs);
        Assert.Equal(0, queue.KeptCount);
    }

    [Fact]
    public void Restart_WithoutRetention_DiscardsWhatWasKept()
    {
        Queue queue = _rig.Declare();
        queue.Apply(EffectiveArguments.None with { AckRetentionMs = MinuteMs });
        Consume(queue, "a", "b");

        queue = _rig.Restart();
        Advance(Deadlines.TickMs);

        Assert.True(SpinWait.SpinUntil(() => queue.KeptCount == 0, RecordingTarget.Deadline));
        Assert.Equal(RewindStatus.NotKept, Shared(queue).Rewind(RewindStart.Since(0)).Status);
    }

    [Fact]
    public void Restart_TransientMessages_AreGone()
    {
        Queue queue = Declare();
        _rig.Publish(queue, ("a", false), ("b", true));
        Take(queue, 2);
        _rig.Ack(queue, 0, 1);
        Assert.Equal(2, queue.KeptCount);

        queue = _rig.Restart();

        Assert.Equal(1, queue.KeptCount);
    }

    [Fact]
    public void Transaction_CommittedAcknowledgement_Keeps()
    {
        Queue queue = Declare();
        _rig.Publish(queue, "a", "b", "c");
        Take(queue, 3);
        using QueueUnit unit = _rig.Broker.Durability.BeginUnit();
        var resolving = new ResolveBatch();
        resolving.Settle(queue, 0, 2);
        resolving.Reject(queue, 2, 3);
        DispatchBatch dispatch = DispatchBatch.Begin();
        unit.Resolve(resolving, dispatch);
        dispatch.Flush();
        Assert.Equal((0, 0, 0), CountsOf(queue));

        _rig.Note(unit.Complete());

        Assert.Equal((0, 0, 2), CountsOf(queue));
        Assert.Equal(1, Rewind(queue, RewindStart.FromSequence(1)));
        Assert.Equal("b", _rig.Get(queue)!.Body);
        Advance(MinuteMs + Deadlines.TickMs);
        Assert.Equal((0, 1, 0), CountsOf(queue));
        Assert.Equal(1, queue.Log.UnsettledCount);
    }

    [Fact]
    public void Rewind_WithPriorities_ComesBackToItsLevels()
    {
        Queue queue = Declare(("x-max-priority", 5));
        _rig.PublishPriorities(queue, "adbd");
        Take(queue, 4);
        _rig.Ack(queue, 0, 1, 2, 3);
        _rig.PublishPriorities(queue, "cd");
        queue = _rig.Restart();

        Assert.Equal(4, Rewind(queue, RewindStart.FromSequence(0)));

        Assert.Equal(["d", "d", "d", "c", "b", "a"], Take(queue, 6));
    }

    [Fact]
    public void Rewind_ConsumersWait_GetThemInTurnAndInOrder()
    {
        Queue queue = Declare();
        var target = new RecordingTarget();
        TestConsumer consumer = _rig.Consume(queue, target, noAck: true);
        string[] bodies = [.. Enumerable.Range(0, 10_000).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        foreach (string[] some in bodies.Chunk(1_000))
        {
            _rig.Publish(queue, some);
        }

        target.Expect(10_000);

        Assert.Equal(10_000, Rewind(queue, RewindStart.FromSequence(0))); // In several portions.

        RecordedDelivery[] again = target.Expect(20_000)[10_000..];
        Assert.Equal(bodies, again.Select(delivery => delivery.Body));
        Assert.All(again, delivery => Assert.True(delivery.Redelivered));
        Assert.Equal((0, 0, 10_000), CountsOf(queue));
        Assert.Same(consumer, again[^1].Consumer);
    }

    [Fact]
    public void Rewind_OneActiveConsumer_ServesThatOne()
    {
        Queue queue = Declare(("x-single-active-consumer", true));
        var first = new RecordingTarget();
        var second = new RecordingTarget();
        _rig.Consume(queue, first);
        _rig.Consume(queue, second);
        _rig.Publish(queue, "a");
        _rig.Ack(queue, first.Expect(1)[0].Offset);

        Rewind(queue, RewindStart.FromSequence(0));

        first.Expect(2);
        second.Expect(0);
    }

    [Fact]
    public void Rewind_DeliveriesAreCounted_CountsAnew()
    {
        Queue queue = Declare(("x-delivery-limit", 1));
        _rig.Publish(queue, "a");
        _rig.Return(queue, _rig.Get(queue)!.Offset);
        RecordedDelivery again = _rig.Get(queue)!;
        Assert.Equal(1, again.DeliveryCount);
        _rig.Ack(queue, again.Offset);

        Rewind(queue, RewindStart.FromSequence(0));

        RecordedDelivery rewound = _rig.Get(queue)!;
        Assert.Equal((true, 0), (rewound.Redelivered, rewound.DeliveryCount));
        _rig.Return(queue, rewound.Offset);
        Assert.Equal(1, queue.MessageCount);
    }

    [Theory]
    [InlineData("x-max-length", 2, false)]
    [InlineData("x-max-length", 3, true)]
    [InlineData("x-max-length-bytes", 1_000, false)]
    public void Rewind_QueueWouldDrop_IsRefusedAndChangesNothing(string limit, int value, bool isDone)
    {
        Queue queue = Declare((limit, value));
        Consume(queue, "a", "b");
        _rig.Publish(queue, "c");

        RewindResult result = Shared(queue).Rewind(RewindStart.FromSequence(0));

        Assert.Equal(2, result.Count);
        Assert.Equal(isDone ? RewindStatus.Done : RewindStatus.TooLong, result.Status);
        Assert.Equal(isDone ? (3, 0, 0) : (1, 0, 2), CountsOf(queue));
    }

    [Fact]
    public void Rewind_QueueRefusesPublishersInstead_GoesBeyondItsLength()
    {
        Queue queue = Declare(("x-max-length", 1), ("x-overflow", "reject-publish"));
        Consume(queue, "a");
        Consume(queue, "b");
        Assert.Equal(2, Rewind(queue, RewindStart.FromSequence(0)));
        Assert.Equal((2, 0, 0), CountsOf(queue));
        Assert.False(_rig.Publish(queue, ("c", true)));
        Take(queue, 2);
        Assert.True(_rig.Publish(queue, ("d", true)));
    }

    [Fact]
    public void Rewind_TimeToLiveIsOver_LeavesLikeAnyOther()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(("x-dead-letter-exchange", string.Empty), ("x-dead-letter-routing-key", "dead"));
        _rig.PublishExpiring(queue, "a", 10_000);
        _rig.Get(queue, noAck: true);
        queue = _rig.Restart();
        dead = _rig.Find("dead");
        Advance(20_000);

        Assert.Equal(1, Rewind(queue, RewindStart.FromSequence(0)));
        Advance(Deadlines.TickMs);

        Assert.Equal("expired", _rig.Expect(dead).Deaths[0]["reason"]);
        Assert.Equal((0, 0, 0), CountsOf(queue));
    }

    [Fact]
    public void Rewind_RewoundAgainAndAgain_GivesTheSame()
    {
        Queue queue = Declare();
        Consume(queue, "a", "b", "c");
        for (int round = 0; round < 5; round++)
        {
            Assert.Equal(3, Rewind(queue, RewindStart.FromSequence(0)));
            Assert.Equal(["a", "b", "c"], Take(queue, 4));
            _rig.Ack(queue, 2, 0, 1);
        }
    }

    [Fact]
    public void Rewind_QueueIsGone_SaysSo()
    {
        Queue queue = Declare();
        Consume(queue, "a");
        _rig.Delete(queue);
        Assert.Equal(RewindStatus.QueueGone, Shared(queue).Rewind(RewindStart.FromSequence(0)).Status);
        Assert.Equal(0, queue.Log.KeptCount);
    }

    [Fact]
    public void Rewind_NothingIsKept_SaysSo() =>
        Assert.Equal(RewindStatus.NotKept, Shared(_rig.Declare()).Rewind(RewindStart.FromSequence(0)).Status);

    [Fact]
    public void Purge_KeptMessages_Stay()
    {
        Queue queue = Declare();
        Consume(queue, "a");
        _rig.Publish(queue, "b");
        Assert.Equal(1, _rig.Purge(queue));
        Assert.Equal(1, Rewind(queue, RewindStart.FromSequence(0)));
        Assert.Equal(["a"], Take(queue, 2));
    }

    [Fact]
    public void Delete_IfEmpty_DoesNotLookAtWhatIsKept()
    {
        Queue queue = Declare();
        Consume(queue, "a");
        Assert.Equal(QueueCloseStatus.Closed, queue.TryClose(ifUnused: true, ifEmpty: true, out long count));
        Assert.Equal(0, count);
    }

    private static FieldTable Arguments(params (string Name, object Value)[] arguments)
    {
        var table = new FieldTable { ["x-ack-retention"] = MinuteMs };
        foreach ((string name, object value) in arguments)
        {
            table[name] = value;
        }

        return table;
    }

    private static (long Ready, long Unacked, long Kept) CountsOf(Queue queue) => (queue.MessageCount, queue.UnackedCount, queue.KeptCount);

    private static SharedQueue Shared(Queue queue) => Assert.IsType<SharedQueue>(queue);

    private Queue Declare(params (string Name, object Value)[] arguments) => _rig.Declare(arguments: Arguments(arguments));

    private void Consume(Queue queue, params string[] bodies)
    {
        _rig.Publish(queue, bodies);
        _rig.Ack(queue, [.. bodies.Select(_ => _rig.Get(queue)!.Offset)]);
    }

    /// <summary>The bodies of up to so many messages, which stay unacknowledged.</summary>
    private string[] Take(Queue queue, int countMax) =>
        [.. Enumerable.Range(0, countMax).Select(_ => _rig.Get(queue)).TakeWhile(got => got is not null).Select(got => got!.Body)];

    private long Rewind(Queue queue, RewindStart from)
    {
        RewindResult result = Shared(queue).Rewind(from);
        Assert.Equal(RewindStatus.Done, result.Status);
        _rig.Note(result.Index);
        return result.Count;
    }

    private void Advance(long ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));
}
