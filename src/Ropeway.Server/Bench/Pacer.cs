using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>
/// The timetable of a producer with a fixed rate: message k is due at <c>start + k / rate</c>, whatever happened to the
/// messages before it. Latency is measured from the due time, so a stall of the broker is charged to every message that
/// should have been sent meanwhile (no coordinated omission). Pure arithmetic; times are <see cref="Stopwatch"/> ticks.
/// </summary>
internal readonly struct Pacer
{
    private readonly long _startTicks;
    private readonly double _ticksPerMessage;

    /// <summary>Makes a timetable.</summary>
    /// <param name="startTicks">When message 0 is due.</param>
    /// <param name="messagesPerSecond">Rate, above 0.</param>
    public Pacer(long startTicks, double messagesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(messagesPerSecond);
        _startTicks = startTicks;
        _ticksPerMessage = Stopwatch.Frequency / messagesPerSecond;
    }

    /// <summary>When message <paramref name="message"/> (from 0) is due.</summary>
    public long DueTicks(long message) => _startTicks + (long)Math.Ceiling(message * _ticksPerMessage);

    /// <summary>How many messages are due at <paramref name="nowTicks"/> and not among the first <paramref name="sentCount"/>.</summary>
    public long DueCount(long nowTicks, long sentCount)
    {
        if (nowTicks < _startTicks)
        {
            return 0;
        }

        long due = (long)((nowTicks - _startTicks) / _ticksPerMessage) + 1;
        while (due > 0 && DueTicks(due - 1) > nowTicks)
        {
            due--; // The division rounded up.
        }

        while (DueTicks(due) <= nowTicks)
        {
            due++; // Or down.
        }

        return Math.Max(0, due - sentCount);
    }
}
