using System.Globalization;

namespace Ropeway.TestKit;

/// <summary>A control group that limits the memory of the processes in it, the kernel's pages for their files included. Needs root. Whoever makes it disposes it, after its processes have ended.</summary>
public sealed class MemoryGroup : IDisposable
{
    private const string FirstVersion = "/sys/fs/cgroup/memory";
    private const string SecondVersion = "/sys/fs/cgroup";

    private readonly string _path;
    private readonly bool _isFirstVersion;

    private MemoryGroup(string path, bool isFirstVersion)
    {
        _path = path;
        _isFirstVersion = isFirstVersion;
    }

    /// <summary>A process that writes its id here is in the group.</summary>
    public string ProcessFile => Path.Combine(_path, "cgroup.procs");

    /// <summary>Most memory that was in use at once, in bytes.</summary>
    public long PeakBytes => long.Parse(File.ReadAllText(Path.Combine(_path, _isFirstVersion ? "memory.max_usage_in_bytes" : "memory.peak")), CultureInfo.InvariantCulture);

    /// <summary>Processes that the kernel killed because the limit was reached.</summary>
    public long KillCount => File.ReadLines(Path.Combine(_path, _isFirstVersion ? "memory.oom_control" : "memory.events"))
        .Where(line => line.StartsWith("oom_kill ", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.AsSpan("oom_kill ".Length), NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>Makes a group.</summary>
    /// <param name="limitBytes">Its limit.</param>
    /// <exception cref="UnauthorizedAccessException">The user may not.</exception>
    public static MemoryGroup Make(long limitBytes)
    {
        bool isFirstVersion = Directory.Exists(FirstVersion);
        string path = Path.Combine(isFirstVersion ? FirstVersion : SecondVersion, string.Create(CultureInfo.InvariantCulture, $"ropeway-test-{Environment.ProcessId}"));
        Directory.CreateDirectory(path);
        var group = new MemoryGroup(path, isFirstVersion);
        try
        {
            File.WriteAllText(Path.Combine(path, isFirstVersion ? "memory.limit_in_bytes" : "memory.max"), limitBytes.ToString(CultureInfo.InvariantCulture));
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(_path);
}
