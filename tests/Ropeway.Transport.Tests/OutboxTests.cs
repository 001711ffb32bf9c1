using Ropeway.Buffers;

namespace Ropeway.Transport.Tests;

public sealed class OutboxTests
{
    [Fact]
    public void IsBacklogged_AboveTheBound_UntilBelowHalfOfIt()
    {
        var target = new RecordingTarget();
        var outbox = new Outbox(target);
        int drained = 0;
        outbox.Drained = () => drained++;
        Write(outbox, TransportLimits.OutboxBytesMax);
        Assert.False(outbox.IsBacklogged);
        Write(outbox, 1);
        Assert.True(outbox.IsBacklogged);
        outbox.Flush();
        outbox.Sent((TransportLimits.OutboxBytesMax / 2) + 1);
        Assert.True(outbox.IsBacklogged);
        Assert.Equal(0, drained);
        outbox.Sent(1);
        Assert.False(outbox.IsBacklogged);
        Assert.Equal(1, drained);
        Assert.Equal(1, target.DrainedCount);
    }

    [Fact]
    public void Drained_IsCalled_WithoutTheGate()
    {
        var outbox = new Outbox(new RecordingTarget());
        bool? held = null;
        outbox.Drained = () => held = outbox.Gate.IsHeldByCurrentThread;
        Write(outbox, TransportLimits.OutboxBytesMax);
        Write(outbox, 1);
        outbox.Flush();
        outbox.Sent(TransportLimits.OutboxBytesMax);
        Assert.False(held);
    }

    [Fact]
    public void Drop_WhileASendIsInFlight_KeepsTheMemoryUntilItHasEnded()
    {
        var outbox = new Outbox(new RecordingTarget());
        NativeBlock block = NativeBlock.Allocate(100);
        lock (outbox.Gate)
        {
            outbox.AppendBlock(block, 0, 100);
        }

        block.Release();
        outbox.Flush();
        var pieces = new OutboxPiece[4];
        Assert.Equal(1, outbox.TakeForSending(pieces));
        outbox.Drop();
        Assert.True(block.TryAddReference()); // The kernel may still read from it.
        block.Release();
        Assert.Equal(0, outbox.TakeForSending(pieces));
        Assert.False(block.TryAddReference());
    }

    [Fact]
    public void GetSpan_AfterTheEnd_TakesAndForgets()
    {
        var outbox = new Outbox(new RecordingTarget());
        outbox.Drop();
        Write(outbox, TransportLimits.OutboxSpanBytesMax);
        Assert.Equal(0, outbox.PendingBytes);
    }

    [Fact]
    public void GetSpan_TooMuch_IsRefused()
    {
        var outbox = new Outbox(new RecordingTarget());
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(outbox, TransportLimits.OutboxSpanBytesMax + 1));
    }

    private static void Write(Outbox outbox, int bytes)
    {
        lock (outbox.Gate)
        {
            outbox.GetSpan(bytes)[..bytes].Clear();
            outbox.Advance(bytes);
        }
    }
}
