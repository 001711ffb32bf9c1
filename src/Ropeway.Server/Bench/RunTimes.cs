using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>From when to when each count of a run was taken, in monotonic ticks.</summary>
/// <param name="StartTicks">Begin of all.</param>
/// <param name="PublishedTicks">End for what was published.</param>
/// <param name="ConfirmedTicks">End for what was confirmed.</param>
/// <param name="DeliveredTicks">End for what was delivered.</param>
internal readonly record struct RunTimes(long StartTicks, long PublishedTicks, long ConfirmedTicks, long DeliveredTicks)
{
    /// <summary>A count per second; 0 when no time passed.</summary>
    public double Rate(long count, long endTicks)
    {
        double seconds = Stopwatch.GetElapsedTime(StartTicks, endTicks).TotalSeconds;
        return seconds > 0 ? count / seconds : 0;
    }
}
