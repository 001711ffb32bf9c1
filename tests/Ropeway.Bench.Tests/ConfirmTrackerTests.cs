using Ropeway.Server.Bench;
using Ropeway.Tests;

namespace Ropeway.Bench.Tests;

public class ConfirmTrackerTests
{
    private readonly MeasureWindow _window = new() { StartTicks = 0 };
    private readonly LatencyRecorder _latency;
    private readonly ConfirmTracker _tracker = new(windowCount: 8);

    public ConfirmTrackerTests() => _latency = new LatencyRecorder(_window);

    [Fact]
    public void Settle_OneByOne_FreesOneEach()
    {
        Send(1, 3);

        Assert.Equal(1, Ack(1));
        Assert.Equal(1, Ack(2));
        Assert.Equal(1, Ack(3));
        Assert.Equal(3, _tracker.ConfirmedCount);
    }

    [Fact]
    public void Settle_OutOfOrder_FreesWhenTheOldestComes()
    {
        Send(1, 4);

        Assert.Equal(0, Ack(2));
        Assert.Equal(0, Ack(3));
        Assert.Equal(3, Ack(1));
        Assert.Equal(1, Ack(4));
    }

    [Fact]
    public void Settle_MultipleOverSinglesBefore_CountsEachOnce()
    {
        Send(1, 6);
        Ack(3);

        Assert.Equal(5, Ack(5, isMultiple: true));
        Assert.Equal(5, _tracker.ConfirmedCount);
        Assert.Equal(6, _tracker.NextTag);
    }

    [Fact]
    public void Settle_ManyTurnsOfTheRing_NeverFreesWhatWasNotSent()
    {
        long tag = 1;
        for (int turn = 0; turn < 100; turn++)
        {
            Send(tag, 5);
            Ack(tag + 4); // Out of order, then the rest at once.
            Assert.Equal(5, Ack(tag + 3, isMultiple: true));
            tag += 5;
            Assert.Equal(tag, _tracker.NextTag);
        }

        Assert.Equal(500, _tracker.ConfirmedCount);
    }

    [Fact]
    public void Settle_Refused_CountsAndMeasuresNothing()
    {
        Send(1, 2);

        _tracker.Settle(2, isMultiple: true, isRefused: true, nowTicks: 100, _latency);

        Assert.Equal(2, _tracker.RefusedCount);
        Assert.Equal(0, _tracker.ConfirmedCount);
        Assert.Equal(0, LatencySummary.Of([_latency]).Count);
    }

    [Theory]
    [InlineData(4, false)] // Never sent.
    [InlineData(4, true)]
    [InlineData(1, false)] // Confirmed before.
    [InlineData(3, false)] // Confirmed before, out of order.
    [InlineData(1000, true)]
    public void Settle_TagThatIsNotOutstanding_IsABrokerFault(long tag, bool isMultiple)
    {
        Send(1, 3);
        Ack(1);
        Ack(3);

        Assert.Throws<BenchException>(() => Ack(tag, isMultiple));
    }

    [Fact]
    public void Settle_MessagesOfOneWrite_AreMeasuredEach()
    {
        Send(1, 4, ticks: 1_000);

        _tracker.Settle(4, isMultiple: true, isRefused: false, nowTicks: 5_001_000, _latency);

        LatencySummary seen = LatencySummary.Of([_latency]);
        Assert.Equal(4, seen.Count);
        Assert.InRange(seen.P50, 4_990, 5_010); // 5 ms, three digits.
    }

    [Fact]
    public void NoteAndSettle_InSteadyState_AllocateNothing()
    {
        Send(1, 1);
        Ack(1);
        Send(2, 1, ticks: 11);
        Ack(2);
        long tag = 3;

        Assert.Equal(0, Allocations.Least(() =>
        {
            Send(tag, 1, ticks: tag);
            Ack(tag);
            tag++;
        }));
    }

    private void Send(long firstTag, int count, long ticks = 10)
    {
        for (int message = 0; message < count; message++)
        {
            _tracker.Note(firstTag + message, ticks);
        }
    }

    private long Ack(long tag, bool isMultiple = false) => _tracker.Settle(tag, isMultiple, isRefused: false, nowTicks: 20, _latency);
}
