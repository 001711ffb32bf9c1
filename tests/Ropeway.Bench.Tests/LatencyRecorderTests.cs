using Ropeway.Server.Bench;
using Ropeway.Tests;

namespace Ropeway.Bench.Tests;

public class LatencyRecorderTests
{
    [Fact]
    public void Record_OutsideTheMeasuredPart_IsNotCounted()
    {
        var window = new MeasureWindow();
        var recorder = new LatencyRecorder(window);
        recorder.Record(sentTicks: 10, seenTicks: 20); // Warm-up.
        recorder.Record(sentTicks: 11, seenTicks: 20);
        window.StartTicks = 100;
        window.EndTicks = 200;
        recorder.Record(sentTicks: 99, seenTicks: 150);
        recorder.Record(sentTicks: 100, seenTicks: 300); // Sent inside, arrived while draining: counts.
        recorder.Record(sentTicks: 199, seenTicks: 300);
        recorder.Record(sentTicks: 200, seenTicks: 300);

        Assert.Equal(2, LatencySummary.Of([recorder]).Count);
    }

    [Fact]
    public void Record_RunsOfEqualTimes_CountEveryMessage()
    {
        var recorder = new LatencyRecorder(new MeasureWindow { StartTicks = 0 });
        for (int message = 0; message < 990; message++)
        {
            recorder.Record(sentTicks: 1, seenTicks: 1_000_001);
        }

        for (int message = 0; message < 10; message++)
        {
            recorder.Record(sentTicks: 1, seenTicks: 9_000_001);
        }

        LatencySummary seen = LatencySummary.Of([recorder]);
        Assert.Equal(1000, seen.Count);
        Assert.InRange(seen.P50, 999, 1_001);
        Assert.InRange(seen.P99, 999, 1_001);
        Assert.InRange(seen.P999, 8_990, 9_010);
    }

    [Fact]
    public void Record_AbsurdTimes_AreKeptInBounds()
    {
        var recorder = new LatencyRecorder(new MeasureWindow { StartTicks = 0 });
        recorder.Record(sentTicks: 0, seenTicks: long.MaxValue);
        recorder.Record(sentTicks: 100, seenTicks: 1); // A clock that went backwards.

        Assert.Equal(2, LatencySummary.Of([recorder]).Count);
    }

    [Fact]
    public void Record_InSteadyState_AllocatesNothing()
    {
        long least = Allocations.LeastOf(
            () =>
            {
                var recorder = new LatencyRecorder(new MeasureWindow { StartTicks = 0 });
                recorder.Record(sentTicks: 1, seenTicks: 100);
                recorder.Record(sentTicks: 2, seenTicks: 100);
                return recorder;
            },
            recorder =>
            {
                for (int message = 0; message < 10_000; message++)
                {
                    recorder.Record(message, message * 1000L);
                }
            });

        Assert.Equal(0, least);
    }
}
