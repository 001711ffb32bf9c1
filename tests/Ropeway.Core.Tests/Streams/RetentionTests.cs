using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Queues;

namespace Ropeway.Core.Tests.Streams;

public sealed class RetentionTests
{
    private const long MiB = 1024 * 1024;

    [Fact]
    public void Publish_BeyondMaxBytes_DropsTheOldest()
    {
        using var rig = new StreamRig(maxBytes: MiB);
        rig.PublishMany(3_000, bodyBytes: 1_000);

        Assert.InRange(rig.Stream.MessageCount, 850, 1_010);
        Assert.Equal(3_000, rig.EndOffset);
        Assert.Equal(rig.StartOffset.ToString(), rig.ReadAll(StreamStart.First, (int)rig.Stream.MessageCount).Split(' ')[0]);
    }

    [Fact]
    public void Publish_OneMessageAboveMaxBytes_Stays()
    {
        using var rig = new StreamRig(maxBytes: 10);
        rig.Publish("first and long", "second and long");

        Assert.InRange(rig.Stream.MessageCount, 1, 2);
        Assert.Equal("second and long", rig.ReadAll(StreamStart.Last, 1));
    }

    [Fact]
    public void Publish_BeyondMaxBytesAfterRestart_CountsWhatWasThere()
    {
        using var rig = new StreamRig(maxBytes: MiB);
        rig.PublishMany(900, bodyBytes: 1_000);
        rig.Restart();
        Assert.Equal(900, rig.Stream.MessageCount);
        rig.PublishMany(900, bodyBytes: 1_000);

        Assert.InRange(rig.Stream.MessageCount, 850, 1_010);
    }

    [Fact]
    public void Time_Passes_DropsWhatIsTooOld()
    {
        using var rig = new StreamRig(maxAge: "1h");
        rig.Publish("a");
        rig.Time.Advance(TimeSpan.FromMinutes(30));
        rig.Publish("b");
        rig.Time.Advance(TimeSpan.FromMinutes(29));
        rig.Publish("c");
        Assert.Equal(0, rig.StartOffset);

        rig.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, rig.StartOffset);
        Assert.Equal("b c", rig.ReadAll(StreamStart.First, 2));

        rig.Time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(0, rig.Stream.MessageCount);
    }

    [Fact]
    public void Restart_EverythingWasDropped_OffsetsGoOn()
    {
        using var rig = new StreamRig(maxAge: "1h");
        rig.Publish("a", "b");
        rig.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, rig.Stream.MessageCount);
        rig.Restart();
        rig.Publish("c");

        var target = new RecordingTarget();
        rig.Read(target, StreamStart.First);
        Assert.Equal(2, Assert.Single(target.Expect(1)).Offset);
    }

    [Fact]
    public void Restart_MessagesHaveBecomeTooOld_AreDropped()
    {
        using var rig = new StreamRig(maxAge: "1h");
        rig.PublishMany(2_000, bodyBytes: 1_000);
        rig.Restart();
        rig.Time.Advance(TimeSpan.FromMinutes(59));
        rig.Publish("young");
        Assert.Equal(2_001, rig.Stream.MessageCount);
        rig.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.True(SpinWait.SpinUntil(() => Advance(rig) && rig.Stream.MessageCount == 1, RecordingTarget.Deadline));
        Assert.Equal("young", rig.ReadAll(StreamStart.First, 1));
    }

    [Fact]
    public void Apply_LowerLimits_TakeEffectAtOnce()
    {
        using var rig = new StreamRig();
        rig.PublishMany(5_000, bodyBytes: 1_000);
        rig.Apply(maxBytes: 2 * MiB);
        Assert.InRange(rig.Stream.MessageCount, 900, 2_020);

        rig.Time.Advance(TimeSpan.FromMinutes(1));
        rig.Apply(maxAgeMs: 30_000);
        Assert.Equal(0, rig.Stream.MessageCount);
    }

    [Fact]
    public void Drop_ReaderIsThere_GoesOnBehindTheGap()
    {
        using var rig = new StreamRig(maxAge: "1h");
        rig.Publish("a", "b");
        var target = new RecordingTarget();
        TestConsumer consumer = rig.Read(target, StreamStart.First, credit: 1);
        rig.Time.Advance(TimeSpan.FromHours(2));
        rig.Publish("c");
        rig.Queues.Grant(10, consumer);

        target.Expect(2);
        Assert.Equal("a c", target.Bodies);
    }

    /// <summary>Lets time pass while the disk is being read.</summary>
    private static bool Advance(StreamRig rig)
    {
        rig.Time.Advance(TimeSpan.FromMilliseconds(25));
        return true;
    }
}
