using System.Diagnostics;

namespace Ropeway.Conformance.Tests;

/// <summary>What may be asserted of real time: that nothing happens before its time. How late it is says more about the machine.</summary>
internal static class RealTime
{
    /// <summary>The broker's clock counts whole milliseconds.</summary>
    private const int ClockStepMs = 1;

    /// <summary>It must not have happened before a delay had passed.</summary>
    /// <param name="what">What happened.</param>
    /// <param name="start">A timestamp of <see cref="Stopwatch"/> from before the delay began.</param>
    /// <param name="end">A timestamp from after it happened.</param>
    /// <param name="delayMs">The delay in milliseconds.</param>
    public static void AssertNotBefore(string what, long start, long end, int delayMs)
    {
        double passedMs = Stopwatch.GetElapsedTime(start, end).TotalMilliseconds;
        Assert.True(passedMs > delayMs - ClockStepMs, $"{what} came after {passedMs} ms, not {delayMs} ms.");
    }
}
