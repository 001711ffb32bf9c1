using HdrHistogram;

namespace Ropeway.Server.Bench;

/// <summary>Percentiles of one latency in microseconds.</summary>
/// <param name="Count">Messages measured.</param>
/// <param name="P50">Half were not slower.</param>
/// <param name="P90">90 % were not slower.</param>
/// <param name="P99">99 % were not slower.</param>
/// <param name="P999">99.9 % were not slower.</param>
/// <param name="Max">The slowest.</param>
internal sealed record LatencySummary(long Count, double P50, double P90, double P99, double P999, double Max)
{
    private const double NanosecondsPerMicrosecond = 1000;

    /// <summary>Sums up recorders whose threads have ended.</summary>
    public static LatencySummary Of(IEnumerable<LatencyRecorder> recorders)
    {
        LongHistogram sum = LatencyRecorder.NewHistogram();
        foreach (LatencyRecorder recorder in recorders)
        {
            recorder.AddTo(sum);
        }

        return sum.TotalCount == 0
            ? new LatencySummary(0, 0, 0, 0, 0, 0)
            : new LatencySummary(sum.TotalCount, At(50), At(90), At(99), At(99.9), At(100));

        double At(double percentile) => sum.GetValueAtPercentile(percentile) / NanosecondsPerMicrosecond;
    }
}
