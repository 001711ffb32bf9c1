using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ropeway.Server.Bench;

/// <summary>
/// Waits for a moment far more exactly than a millisecond, without spinning: a paced producer that sends every 200 us
/// must not charge its own oversleeping to the broker. Each producer's thread uses it for itself.
/// </summary>
internal static class PreciseTimer
{
    private const int ClockMonotonic = 1;        // The clock of Stopwatch on Linux.
    private const int SetTimerSlack = 29;        // PR_SET_TIMERSLACK, prctl(2).
    private const nuint TimerSlackNanoseconds = 1; // The default, 50 us, would be a third of the latency to be measured.

    /// <summary>Asks the kernel to wake the calling thread without the usual slack. Without effect elsewhere than on Linux.</summary>
    public static void PrepareThread()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Control(SetTimerSlack, TimerSlackNanoseconds, 0, 0, 0); // A refusal costs precision only.
        }
    }

    /// <summary>Sleeps until <paramref name="ticks"/> of <see cref="Stopwatch"/>; returns at once when that is past.</summary>
    public static void WaitUntil(long ticks)
    {
        long leftTicks = ticks - Stopwatch.GetTimestamp();
        if (leftTicks <= 0)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            // Relative: an interrupted sleep returns early, and the caller looks at the clock again anyway.
            long nanoseconds = (long)(leftTicks * (1e9 / Stopwatch.Frequency));
            var wait = new TimeSpec { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };
            _ = Sleep(ClockMonotonic, 0, in wait, 0);
            return;
        }

        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(leftTicks / (double)Stopwatch.Frequency));
    }

    [DllImport("libc", EntryPoint = "clock_nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(int clock, int flags, in TimeSpec wait, nint remaining);

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
