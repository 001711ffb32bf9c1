using HdrHistogram;

namespace Ropeway.Server.Bench;

/// <summary>
/// Latencies of one thread in nanoseconds. Messages of one write carry one time and arrive together, so equal pairs are
/// counted first and recorded once. One owner at a time, as a trail.
/// </summary>
internal sealed class LatencyRecorder
{
    private const long NanosecondsMax = 600_000_000_000; // Ten minutes; longer ones count as this.
    private const int SignificantDigits = 3;

    private readonly LongHistogram _histogram = new(NanosecondsMax, SignificantDigits);
    private readonly MeasureWindow _window;
    private long _sentTicks;
    private long _seenTicks;
    private long _equalCount;

    /// <summary>Makes an empty recorder.</summary>
    /// <param name="window">Messages sent outside it (warm-up, draining) are not counted.</param>
    public LatencyRecorder(MeasureWindow window) => _window = window;

    /// <summary>Counts one message.</summary>
    /// <param name="sentTicks">When it was sent or should have been.</param>
    /// <param name="seenTicks">When it arrived.</param>
    public void Record(long sentTicks, long seenTicks)
    {
        if (sentTicks == _sentTicks && seenTicks == _seenTicks)
        {
            _equalCount++;
            return;
        }

        Flush();
        _sentTicks = sentTicks;
        _seenTicks = seenTicks;
        _equalCount = 1;
    }

    /// <summary>Adds all that this recorder counted to <paramref name="sum"/>.</summary>
    public void AddTo(LongHistogram sum)
    {
        Flush();
        sum.Add(_histogram);
    }

    /// <summary>An empty histogram of the shape that <see cref="AddTo"/> needs.</summary>
    public static LongHistogram NewHistogram() => new(NanosecondsMax, SignificantDigits);

    private void Flush()
    {
        if (_equalCount > 0 && _window.Contains(_sentTicks))
        {
            // Stopwatch ticks are nanoseconds wherever this runs; a clock of another unit is scaled.
            long nanoseconds = (long)((_seenTicks - _sentTicks) * (1e9 / System.Diagnostics.Stopwatch.Frequency));
            _histogram.RecordValueWithCount(Math.Clamp(nanoseconds, 0, NanosecondsMax), _equalCount);
        }

        _equalCount = 0;
    }
}
