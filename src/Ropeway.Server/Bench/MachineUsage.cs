using System.Globalization;

namespace Ropeway.Server.Bench;

/// <summary>Processor time of the whole machine at one moment; zero where there is no /proc.</summary>
/// <param name="BusyMicroseconds">Time that the processors were not idle, summed over all of them.</param>
/// <param name="StolenMicroseconds">Time that the host kept for others, part of the busy time.</param>
internal readonly record struct MachineUsage(long BusyMicroseconds, long StolenMicroseconds)
{
    private const long MicrosecondsPerClockTick = 10_000;

    /// <summary>Reads /proc/stat.</summary>
    public static MachineUsage Read() => File.Exists("/proc/stat") ? Parse(File.ReadAllText("/proc/stat")) : default;

    /// <summary>Sums the first line: user, nice, system, idle, iowait, irq, softirq, steal.</summary>
    internal static MachineUsage Parse(string stat)
    {
        const int IdleField = 3;
        const int WaitField = 4;
        const int StealField = 7;
        string line = stat[..stat.IndexOf('\n', StringComparison.Ordinal)];
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        long busyTicks = 0;
        for (int field = 0; field <= StealField; field++)
        {
            if (field is not (IdleField or WaitField))
            {
                busyTicks += long.Parse(fields[field], CultureInfo.InvariantCulture);
            }
        }

        long stolenTicks = long.Parse(fields[StealField], CultureInfo.InvariantCulture);
        return new MachineUsage(busyTicks * MicrosecondsPerClockTick, stolenTicks * MicrosecondsPerClockTick);
    }
}
