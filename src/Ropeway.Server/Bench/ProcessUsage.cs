using System.Globalization;

namespace Ropeway.Server.Bench;

/// <summary>What Linux accounts to one process at one moment.</summary>
/// <param name="CpuMicroseconds">User and system time of all its threads, in steps of 10 ms.</param>
/// <param name="ResidentBytes">Resident memory (VmRSS).</param>
/// <param name="WrittenBytes">Bytes handed to the block layer (<c>write_bytes</c> of /proc/PID/io); -1 when not readable.</param>
/// <param name="FileWriteBytes">
/// Bytes given to write calls (<c>wchar</c> of /proc/PID/io); -1 when not readable. Sockets count only for programs that use
/// <c>write</c> on them: RabbitMQ does, .NET does not.
/// </param>
internal readonly record struct ProcessUsage(long CpuMicroseconds, long ResidentBytes, long WrittenBytes, long FileWriteBytes)
{
    private const long MicrosecondsPerClockTick = 10_000; // USER_HZ is 100 on every Linux that runs .NET.

    /// <summary>Reads /proc/PID.</summary>
    /// <exception cref="BenchException">No such process, or no Linux.</exception>
    public static ProcessUsage Read(int processId)
    {
        try
        {
            long cpuTicks = ParseCpuTicks(File.ReadAllText($"/proc/{processId}/stat"));
            long residentBytes = ParseKey(File.ReadAllText($"/proc/{processId}/status"), "VmRSS:") * 1024;
            string? io = ReadIo(processId);
            return new ProcessUsage(
                cpuTicks * MicrosecondsPerClockTick,
                residentBytes,
                io is null ? -1 : ParseKey(io, "write_bytes:"),
                io is null ? -1 : ParseKey(io, "wchar:"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BenchException($"Process {processId} (--broker-pid) cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>utime + stime from the text of /proc/PID/stat, in clock ticks.</summary>
    internal static long ParseCpuTicks(string stat)
    {
        // The second field is the program's name in parentheses and may hold anything, so count from its end.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    /// <summary>The number behind a key at the start of a line; 0 when the key is not there.</summary>
    internal static long ParseKey(string text, string key)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> value = line[key.Length..].Trim();
                int end = value.IndexOf(' ');
                return long.Parse(end < 0 ? value : value[..end], CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    private static string? ReadIo(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/io");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // Another user's process: only root may read it.
        }
    }
}
