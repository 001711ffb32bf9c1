using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Resources;

/// <summary>Publishers of a virtual host wait while it holds as many ready messages as it may.</summary>
public sealed class ReadyWatchTests : IDisposable
{
    private const string LimitName = "max-ready-messages";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public ReadyWatchTests() => _rig = new QueueRig(time: _time);

    private string? Reason => _rig.Host.Admission.Reason;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void ReadyMessages_ReachTheLimit_PublishersWaitUntilATenthIsFree()
    {
        Queue queue = _rig.Declare();
        _rig.Host.SetLimit(LimitName, 20);
        Publish(queue, 19);
        Look();
        Assert.Null(Reason);
        Publish(queue, 3);
        Look();
        Assert.Equal("virtual host '/' holds 22 ready messages, its limit is 20", Reason);
        Assert.Equal(AdmissionCause.VirtualHost, _rig.Host.Admission.Causes);
        Assert.Null(_rig.Broker.Admission.Reason);

        Consume(queue, 4);
        LookWhileNear();
        Assert.Equal("virtual host '/' holds 18 ready messages, its limit is 20", Reason);
        Consume(queue, 1);
        LookWhileNear();
        Assert.Null(Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReadyBytes_ReachTheLimit_PublishersWaitUntilATenthIsFree(bool wereThereBefore)
    {
        Queue queue = _rig.Declare();
        if (wereThereBefore)
        {
            Publish(queue, 5);
        }

        _rig.Host.SetLimit("max-ready-bytes", 20);
        Tick();
        Tick(); // The queue begins to count.
        Assert.Null(Reason);
        Publish(queue, wereThereBefore ? 0 : 5);
        WaitWhileLooking(() => Reason is not null);
        Assert.Equal("virtual host '/' holds 20 bytes of ready messages, its limit is 20", Reason);
        Consume(queue, 1);
        LookWhileNear();
        Assert.Null(Reason);

        Queue later = _rig.Declare("later");
        Publish(later, 1);
        WaitWhileLooking(() => Reason is not null);
        _rig.Host.SetLimit("max-ready-bytes", null);
        Tick();
        Assert.Null(Reason);
        Look();
        Assert.Equal(0, _rig.Broker.Deadlines.Count); // Nothing is looked at any more.
    }

    [Fact]
    public void ReadyBytes_AreCounted_AQueueThatRefusesAtItsLengthTakesOnWhatFits()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { { "x-max-length", 3 }, { "x-overflow", "reject-publish" } });
        _rig.Host.SetLimit("max-ready-bytes", 1_000);
        Tick();
        Publish(queue, 5);

        Assert.Equal(3, queue.MessageCount);
    }

    [Fact]
    public void OtherHost_NoticesNothing()
    {
        Queue queue = _rig.Declare();
        _rig.Host.SetLimit(LimitName, 1);
        VirtualHost limited = _rig.Host;
        _rig.Broker.VirtualHosts.Create("other", out VirtualHost other);
        other.SetLimit(LimitName, 1);
        Publish(queue, 5);
        Look();

        Assert.NotNull(limited.Admission.Reason);
        Assert.Null(other.Admission.Reason);
    }

    [Fact]
    public void WhatIsDeliveredAndStreams_DoNotCount_WhatWillBeReadyDoes()
    {
        Queue stream = _rig.Declare("stream", arguments: new FieldTable { { "x-queue-type", "stream" } });
        Queue retried = _rig.Declare("retried", arguments: new FieldTable { { "x-delayed-retry-type", "all" }, { "x-delayed-retry-min", 60_000 } });
        _rig.Host.SetLimit(LimitName, 2);
        Publish(stream, 5);
        Publish(retried, 2);
        long[] delivered = [_rig.Get(retried)!.Offset, _rig.Get(retried)!.Offset];
        Look();
        Assert.Null(Reason);

        _rig.Return(retried, delivered);
        Look();
        Assert.Equal((0, 2), (retried.MessageCount, retried.DelayedCount));
        Assert.NotNull(Reason);
    }

    [Fact]
    public void Limit_ThatIsTakenAwayRaisedOrZero_CountsWithinATick()
    {
        Queue queue = _rig.Declare();
        Publish(queue, 3);
        _rig.Host.SetLimit(LimitName, 3);
        Tick();
        Assert.NotNull(Reason);
        _rig.Host.SetLimit(LimitName, 4);
        Tick();
        Assert.Null(Reason);
        Consume(queue, 3);
        _rig.Host.SetLimit(LimitName, 0);
        Tick();
        Assert.Equal("virtual host '/' holds 0 ready messages, its limit is 0", Reason);
        _rig.Host.SetLimit(LimitName, -1);
        Tick();
        Assert.Null(Reason);
        Assert.Equal(0, _rig.Broker.Deadlines.Count); // Nothing is looked at any more.
    }

    [Fact]
    public void Restart_WithAFullHost_PublishersWaitAgain()
    {
        Queue queue = _rig.Declare();
        Publish(queue, 3);
        _rig.Host.SetLimit(LimitName, 3);
        _rig.Restart();
        Tick();

        Assert.NotNull(Reason);
    }

    [Fact]
    public void DeletedHost_IsLookedAtNoMore()
    {
        _rig.Broker.VirtualHosts.Create("gone", out VirtualHost gone);
        gone.SetLimit(LimitName, 0);
        Tick();
        Assert.NotNull(gone.Admission.Reason);
        _rig.Broker.VirtualHosts.Delete("gone");
        Tick();

        Assert.Null(gone.Admission.Reason);
        Assert.Equal(0, _rig.Broker.Deadlines.Count);
    }

    private void Look() => _time.Advance(TimeSpan.FromMilliseconds(ReadyWatch.RelaxedPeriodMs + Deadlines.TickMs));

    private void LookWhileNear() => _time.Advance(TimeSpan.FromMilliseconds(ReadyWatch.NearPeriodMs + Deadlines.TickMs));

    /// <summary>The queue counts on a pool thread what was there before.</summary>
    private void WaitWhileLooking(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            LookWhileNear();
            return condition();
        },
        RecordingTarget.Deadline));

    private void Tick() => _time.Advance(TimeSpan.FromMilliseconds(Deadlines.TickMs));

    private void Publish(Queue queue, int count) => _rig.Publish(queue, [.. Enumerable.Repeat("body", count)]);

    private void Consume(Queue queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.NotNull(_rig.Get(queue, noAck: true));
        }
    }
}
