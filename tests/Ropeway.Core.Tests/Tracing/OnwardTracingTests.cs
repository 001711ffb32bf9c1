using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Tracing;

/// <summary>The life line of a message goes on where the broker itself sends it.</summary>
public sealed class OnwardTracingTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly QueueRig _rig;

    public OnwardTracingTests()
    {
        _rig = new QueueRig(time: _time);
        _rig.Broker.Tracing.Share = 1;
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void DeadLetter_GoesOnInEachQueueThatTakesIt()
    {
        Queue[] dead = [_rig.Declare("dead-a"), _rig.Declare("dead-b")];
        _rig.Bind("amq.direct", dead[0], "k");
        _rig.Bind("amq.direct", dead[1], "k");
        Queue queue = Declare("orders", "amq.direct");
        _rig.PublishWith(queue, "before", key: "k");
        _rig.Get(queue, noAck: true);
        _rig.PublishWith(queue, "body", key: "k");

        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        _rig.Expect(dead[0]);

        LifeLineView line = Line(line => StaysIn(line, "orders dead-a dead-b") && line.Stays[0].HasEnded);
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Refused, LifeStepKind.Dead], StepsOf(line, 0));
        Assert.Equal("refused; goes to the dead-letter exchange 'amq.direct'", line.Stays[0].Steps[^1].Detail);
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Settled], StepsOf(line, 1));
        Assert.Empty(StepsOf(line, 2));
        Assert.Null(line.Stays[0].Origin);
        Assert.Equal(new StayOrigin(StayOriginKind.Dead, "orders", 1), line.Stays[1].Origin);
        Assert.Equal(line.Stays[1].Origin, line.Stays[2].Origin);
        Assert.Equal((null, 1), (queue.Traced, dead[1].Traced!.Count));
    }

    [Fact]
    public void DeadLetter_OfATracedMessageOnly_IsFollowed()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare("orders", "", "dead");
        _rig.PublishWith(queue, "traced");
        _rig.Broker.Tracing.Share = 0;
        _rig.PublishWith(queue, "untraced");

        _rig.Reject(queue, _rig.Get(queue)!.Offset, _rig.Get(queue)!.Offset);
        _rig.Expect(dead);
        _rig.Expect(dead);

        Line(line => StaysIn(line, "orders dead") && line.Stays[0].HasEnded);
        Assert.Empty(Find("dead", 1));
    }

    [Fact]
    public void DeadLetter_ThatComesBack_IsFollowedRoundAfterRound()
    {
        Queue work = Declare("work", "", "retry");
        Queue retry = Declare("retry", "", "work", ttlMs: 1_000);
        _rig.PublishWith(work, "body");

        for (int round = 0; round < 2; round++)
        {
            _rig.Reject(work, _rig.Expect(work, noAck: false).Offset);
            Assert.True(SpinWait.SpinUntil(() => retry.MessageCount == 1, RecordingTarget.Deadline));
            _time.Advance(TimeSpan.FromMilliseconds(1_000 + Deadlines.TickMs));
        }

        _rig.Expect(work);
        LifeLineView line = Line(line => StaysIn(line, "work retry work retry work") && line.Stays.All(stay => stay.HasEnded));
        Assert.Equal([null, "work 0", "retry 0", "work 1", "retry 1"], line.Stays.Select(stay => stay.Origin is { } origin ? $"{origin.Queue} {origin.Sequence}" : null));
        Assert.Equal(LifeStepKind.Settled, StepsOf(line, 4)[^1]);
    }

    [Fact]
    public void DeadLetter_ThatNoQueueTakes_IsDropped()
    {
        Queue queue = Declare("orders", "amq.fanout");
        _rig.PublishWith(queue, "body");

        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        LifeLineView line = Line(line => line.Stays[0].HasEnded);
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Refused, LifeStepKind.Dead, LifeStepKind.Dropped], StepsOf(line, 0));
        Assert.Null(queue.Traced);
    }

    [Fact]
    public void DeadLetter_ThatStaysUntilItIsTaken_IsFollowedThen()
    {
        Queue queue = _rig.Declare("orders", arguments: new FieldTable
        {
            ["x-queue-type"] = "quorum",
            ["x-overflow"] = "reject-publish",
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-dead-letter-exchange"] = "later",
        });
        Queue dead = _rig.Declare("dead");
        _rig.PublishWith(queue, "body");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        Assert.True(SpinWait.SpinUntil(() => _rig.Broker.Deadlines.Count > 0, RecordingTarget.Deadline));
        Assert.False(Line(_ => true).Stays[0].HasEnded);

        _rig.Host.DeclareExchange(new ExchangeSettings("later", ExchangeType.Fanout, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        _rig.Bind("later", dead, string.Empty);
        _time.Advance(TimeSpan.FromMilliseconds(DeadLetters.RetryMs + Deadlines.TickMs));

        LifeLineView line = Line(line => StaysIn(line, "orders dead") && line.Stays[0].HasEnded);
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Refused, LifeStepKind.Dead], StepsOf(line, 0));
    }

    [Fact]
    public void Message_ThatAFullQueueGivesAway_IsFollowed()
    {
        _rig.Declare("dead");
        Queue queue = _rig.Declare("full", arguments: new FieldTable
        {
            ["x-max-length"] = 0,
            ["x-overflow"] = "reject-publish-dlx",
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = "dead",
        });

        _rig.PublishWith(queue, "body");

        LifeLineView line = Line(_ => true);
        Assert.True(line.IsRefused);
        QueueStayView stay = Assert.Single(line.Stays);
        Assert.Equal(("dead", new StayOrigin(StayOriginKind.Dead, "full", Sequence: null)), (stay.Queue.Name, stay.Origin));
    }

    [Fact]
    public void Job_MovesAMessage_ItIsFollowed()
    {
        Queue target = _rig.Declare("target");
        Queue source = _rig.Declare("source");
        _rig.PublishWith(source, "body");

        Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target });

        LifeLineView line = Line(line => StaysIn(line, "source target"));
        Assert.Equal([LifeStepKind.Moved], StepsOf(line, 0));
        Assert.Equal((true, false), (line.Stays[0].HasEnded, line.Stays[1].HasEnded));
        Assert.Equal(new StayOrigin(StayOriginKind.Moved, "source", 0), line.Stays[1].Origin);
        Assert.Null(source.Traced);
    }

    [Fact]
    public void Job_CopiesAMessage_BothAreFollowed()
    {
        Queue target = _rig.Declare("target");
        Queue source = _rig.Declare("source");
        _rig.PublishWith(source, "body");

        Run(new JobRequest(JobKind.Copy, source, "u") { TargetQueue = target });
        _rig.Get(source, noAck: true);
        _rig.Get(target, noAck: true);

        LifeLineView line = Line(line => StaysIn(line, "source target"));
        Assert.Equal(StayOriginKind.Copied, line.Stays[1].Origin?.Kind);
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Settled], StepsOf(line, 0));
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Settled], StepsOf(line, 1));
    }

    [Fact]
    public void Job_RedrivesADeadLetter_ItIsFollowedBack()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare("orders", "", "dead");
        _rig.PublishWith(queue, "body");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        Assert.True(SpinWait.SpinUntil(() => dead.MessageCount == 1, RecordingTarget.Deadline));

        Run(new JobRequest(JobKind.Redrive, dead, "u"));

        LifeLineView line = Line(line => StaysIn(line, "orders dead orders") && line.Stays[1].HasEnded);
        Assert.Equal([LifeStepKind.Moved], StepsOf(line, 1));
        Assert.Equal(new StayOrigin(StayOriginKind.Redriven, "dead", 0), line.Stays[2].Origin);
    }

    [Fact]
    public void Job_WhoseTargetIsFull_LeavesTheMessageWhereItIs()
    {
        Queue target = _rig.Declare("target", arguments: new FieldTable { ["x-max-length"] = 0, ["x-overflow"] = "reject-publish" });
        Queue source = _rig.Declare("source");
        _rig.PublishWith(source, "body");

        Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target });
        _rig.Expect(source);

        LifeLineView line = Line(line => StaysIn(line, "source"));
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Settled], StepsOf(line, 0));
    }

    private void Run(JobRequest request)
    {
        Job? job = _rig.Broker.Jobs.TryStart(request);
        Assert.NotNull(job);
        Assert.True(SpinWait.SpinUntil(() => job.HasEnded, RecordingTarget.Deadline));
        Assert.Equal(JobState.Done, job.Status.State);
    }

    private Queue Declare(string name, string exchange, string? key = null, long? ttlMs = null)
    {
        var arguments = new FieldTable { ["x-dead-letter-exchange"] = exchange };
        if (key is not null)
        {
            arguments["x-dead-letter-routing-key"] = key;
        }

        if (ttlMs is not null)
        {
            arguments["x-message-ttl"] = ttlMs;
        }

        return _rig.Declare(name, arguments: arguments);
    }

    /// <summary>The life line of the message that came last, once it is as expected: dead letters are sent by a pool thread.</summary>
    private LifeLineView Line(Func<LifeLineView, bool> isExpected)
    {
        LifeLineView? found = null;
        SpinWait.SpinUntil(() => _rig.Broker.Tracing.Find("/", "id") is [var last, ..] && isExpected(found = last), RecordingTarget.Deadline);
        Assert.NotNull(found);
        Assert.True(isExpected(found), $"The stays are {string.Join(", ", found.Stays.Select(stay => $"{stay.Queue.Name} ({string.Join(' ', stay.Steps.Select(step => step.Kind))})"))}.");
        return found;
    }

    private IReadOnlyList<LifeLineView> Find(string queue, long sequence) => _rig.Broker.Tracing.Find("/", queue, sequence);

    private static bool StaysIn(LifeLineView line, string queues) => string.Join(' ', line.Stays.Select(stay => stay.Queue.Name)) == queues;

    private static LifeStepKind[] StepsOf(LifeLineView line, int stay) => [.. line.Stays[stay].Steps.Select(step => step.Kind)];
}
