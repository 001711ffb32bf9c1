using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>Notices that a run does not go on. The thread that leads the run owns it.</summary>
internal sealed class StallWatch
{
    private readonly TimeSpan _timeout;
    private long _lastSum = -1;
    private long _sinceTicks;

    /// <summary>Makes a watch.</summary>
    /// <param name="timeout">How long nothing may happen.</param>
    public StallWatch(TimeSpan timeout) => _timeout = timeout;

    /// <summary>Looks at the counts.</summary>
    /// <param name="counts">Counts now.</param>
    /// <param name="waitingFor">What the run waits for, for the message.</param>
    /// <param name="blockedReason">What the broker said about waiting; null when nothing.</param>
    /// <exception cref="BenchException">They have not changed for too long.</exception>
    public void Look(CrewCounts counts, string waitingFor, string? blockedReason)
    {
        long sum = counts.Published + counts.Confirmed + counts.Refused + counts.Delivered;
        long now = Stopwatch.GetTimestamp();
        if (sum != _lastSum)
        {
            _lastSum = sum;
            _sinceTicks = now;
        }
        else if (Stopwatch.GetElapsedTime(_sinceTicks, now) > _timeout)
        {
            string reason = blockedReason is null ? "" : $" The broker blocks publishers: {blockedReason}.";
            throw new BenchException(
                $"Nothing happened for {_timeout.TotalSeconds:0.#} s while waiting for {waitingFor} "
                + $"(published {counts.Published}, confirmed {counts.Confirmed}, delivered {counts.Delivered}).{reason}");
        }
    }
}
