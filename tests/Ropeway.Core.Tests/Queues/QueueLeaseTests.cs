using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueLeaseTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;
    private Queue _queue;

    public QueueLeaseTests()
    {
        _rig = new QueueRig(time: _time);
        _queue = Declare();
    }

    private bool IsThere => _rig.Host.TryGetQueue("q", out _);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Expires_NobodyUsesTheQueue_IsDeletedWithItsMessages()
    {
        _rig.Publish(_queue, "a"); // Is no use.
        Advance(999);
        Assert.True(IsThere);

        Advance(1 + Deadlines.TickMs);

        Assert.False(IsThere);
        Assert.Empty(_rig.Store.Logs);
        Assert.Equal(0, _rig.Broker.Deadlines.Count);
    }

    [Theory]
    [InlineData("declare")]
    [InlineData("passive")]
    [InlineData("get")]
    public void Expires_QueueIsUsed_ItsTimeBeginsAnew(string use)
    {
        Advance(900);
        switch (use)
        {
            case "declare":
                Assert.Same(_queue, Declare());
                break;
            case "passive":
                _rig.Host.CheckQueue("q", owner: null);
                break;
            default:
                Assert.Null(_rig.Get(_queue));
                break;
        }

        Advance(900);
        Assert.True(IsThere);
        Advance(100 + Deadlines.TickMs);
        Assert.False(IsThere);
    }

    [Fact]
    public void Expires_QueueHasAConsumer_StaysUntilItIsGone()
    {
        var target = new RecordingTarget();
        TestConsumer consumer = _rig.Consume(_queue, target);
        Advance(10_500);
        Assert.True(IsThere);

        _queue.RemoveConsumer(consumer);
        Advance(900);
        Assert.True(IsThere);
        Advance(100 + Deadlines.TickMs);
        Assert.False(IsThere);
        Assert.Empty(target.Gone);
    }

    [Fact]
    public void Expires_AfterARestart_BeginsAnew()
    {
        Advance(900);
        _queue = _rig.Restart();

        Advance(900);
        Assert.True(IsThere);
        Advance(100 + Deadlines.TickMs);
        Assert.False(IsThere);
    }

    [Fact]
    public void Apply_PolicyTakesTheLimitAway_StaysForEver()
    {
        _queue.Apply(EffectiveArguments.None);
        Advance(10_000);
        Assert.True(IsThere);

        _queue.Apply(EffectiveArguments.None with { ExpiresMs = 2_000 });
        Advance(1_999);
        Assert.True(IsThere);
        Advance(1 + Deadlines.TickMs);
        Assert.False(IsThere);
    }

    private Queue Declare() => _rig.Declare(arguments: new FieldTable { ["x-expires"] = 1_000 });

    private void Advance(long ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));
}
