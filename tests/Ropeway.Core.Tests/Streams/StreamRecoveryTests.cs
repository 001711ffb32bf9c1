using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Queues;

namespace Ropeway.Core.Tests.Streams;

public sealed class StreamRecoveryTests : IDisposable
{
    private const int ManyCount = 3_000;
    private const int ManyBodyBytes = 2_000; // 6 MB: more than the tail, several loads.

    private readonly StreamRig _rig = new();
    private readonly RecordingTarget _target = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Restart_MessagesAndOffsetsGoOn()
    {
        _rig.Publish("a", "b");
        _rig.Queues.Publish(_rig.Stream, ("not kept elsewhere", Persistent: false));
        _rig.Restart();
        _rig.Publish("d");

        _rig.Read(_target, StreamStart.First);
        RecordedDelivery[] deliveries = _target.Expect(4);
        Assert.Equal([0L, 1, 2, 3], deliveries.Select(delivery => delivery.Offset));
        Assert.All(deliveries, delivery => Assert.False(delivery.Redelivered));
        Assert.Equal("a b not kept elsewhere d", _target.Bodies);
        Assert.Equal(4, _rig.Stream.MessageCount);
    }

    [Fact]
    public void Crash_MessagesAndOffsetsGoOn()
    {
        _rig.Publish("a", "b");
        _rig.Crash();
        _rig.Publish("c");

        _rig.Read(_target, StreamStart.First);
        Assert.Equal([0L, 1, 2], _target.Expect(3).Select(delivery => delivery.Offset));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_FarBehind_GetsEverythingFromTheDisk(bool moved)
    {
        _rig.PublishMany(ManyCount, ManyBodyBytes);
        if (moved)
        {
            _rig.Queues.Store.Checkpoint();
        }

        _rig.Restart();
        var late = new RecordingTarget();
        _rig.Read(_target, StreamStart.First);
        _rig.Read(late, StreamStart.At(ManyCount - 10));

        late.Expect(10);
        Assert.Equal(Enumerable.Range(0, ManyCount).Select(n => (long)n), _target.Expect(ManyCount).Select(delivery => delivery.Offset));
    }

    [Fact]
    public void Read_FromTimeAfterRestart_FindsThePlaceOnTheDisk()
    {
        long middleMs = 0;
        for (int i = 0; i < 6; i++)
        {
            middleMs = i == 3 ? _rig.NowMs : middleMs;
            _rig.PublishMany(500, ManyBodyBytes);
            _rig.Time.Advance(TimeSpan.FromMinutes(1));
        }

        _rig.Restart();
        _rig.Read(_target, StreamStart.AtTime(middleMs - 1));
        var late = new RecordingTarget();
        _rig.Read(late, StreamStart.AtTime(_rig.NowMs));
        _rig.Publish("new");

        Assert.Equal(1_500, _target.Expect(1_501)[0].Offset);
        Assert.Equal("new", Assert.Single(late.Expect(1)).Body);
    }
}
