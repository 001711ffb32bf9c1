using Ropeway.Core.Tests.Delays;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;

namespace Ropeway.Core.Tests.Tracing;

/// <summary>The life line of a message goes on when its time has come.</summary>
public sealed class DelayTracingTests : IDisposable
{
    private readonly DelayRig _rig = new();

    public DelayTracingTests() => _rig.Broker.Tracing.Share = 1;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void DelayedMessage_IsFollowedWhenItIsDue()
    {
        _rig.Send(("late", 2_000), ("soon", 1_000));
        LifeLineView[] waiting = Lines();
        Assert.Equal([(true, 0), (true, 0)], waiting.Select(line => (line.IsDelayed, line.Stays.Count)));

        _rig.AdvanceBeyond(1_000);
        Assert.Equal(["soon"], _rig.Take(1));

        LifeLineView soon = Assert.Single(_rig.Broker.Tracing.Find("/", "q", 0));
        Assert.Equal(new StayOrigin(StayOriginKind.Delayed, Queue: null, Sequence: null), soon.Stays[0].Origin);
        Assert.Equal([LifeStepKind.Delivered, LifeStepKind.Settled], soon.Stays[0].Steps.Select(step => step.Kind));
        Until(() => !Assert.Single(_rig.Broker.Tracing.Find("/", "q", 0)).IsDelayed);

        _rig.AdvanceBeyond(1_000);
        Assert.Equal(["late"], _rig.Take(1));
        Assert.Single(_rig.Broker.Tracing.Find("/", "q", 1));
        Until(() => _rig.Delays.Traced is null);
    }

    [Fact]
    public void DelayedMessage_Cancelled_IsFollowedNoMore()
    {
        _rig.Send(("never", 1_000));

        _rig.Cancel(0);

        Assert.False(Assert.Single(Lines()).IsDelayed);
        Assert.Null(_rig.Delays.Traced);
    }

    [Fact]
    public void DelayedMessage_ThatLeadsNowhereWhenItIsDue_IsFollowedNoMore()
    {
        _rig.Send(persistent: true, key: "nobody", _rig.Host.DefaultExchange, ("lost", 1_000));

        _rig.AdvanceBeyond(1_000);

        Until(() => _rig.Delays.Count == 0 && !Assert.Single(Lines()).IsDelayed);
        Assert.Null(_rig.Delays.Traced);
    }

    [Fact]
    public void DelayedMessage_OfADeletedHost_WaitsNoMore()
    {
        _rig.Send(("lost", 1_000));

        _rig.Broker.VirtualHosts.Delete("/");

        Assert.False(Assert.Single(Lines()).IsDelayed);
    }

    [Fact]
    public void DelayedMessages_ReplacedByNewerOnes_AreForgotten()
    {
        _rig.Send(("old", 1_000));
        _rig.Send([.. Enumerable.Range(0, MessageTracing.LineCountMax).Select(i => ("new", 5_000L + i))]);
        Assert.Equal(MessageTracing.LineCountMax, _rig.Delays.Traced!.Count);

        _rig.AdvanceBeyond(1_000);

        Assert.Equal(["old"], _rig.Take(1));
        Assert.Empty(_rig.Broker.Tracing.Find("/", "q", 0));
    }

    private LifeLineView[] Lines() => [.. _rig.Broker.Tracing.Find("/", "id")];

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, RecordingTarget.Deadline));
}
