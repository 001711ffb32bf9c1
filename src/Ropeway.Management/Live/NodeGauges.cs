using System.Globalization;
using Ropeway.Core;
using Ropeway.Core.Resources;

namespace Ropeway.Management.Live;

/// <summary>What the process uses of what it may use. Measured at most every few seconds; any thread.</summary>
internal sealed class NodeGauges(Broker broker, ManagementOptions options)
{
    private const string OpenFilesDirectory = "/proc/self/fd";
    private const string LimitsFile = "/proc/self/limits";
    private const string ThreadsDirectory = "/proc/self/task";
    private const string ThreadsMaxFile = "/proc/sys/kernel/threads-max";
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private NodeFigures? _figures;
    private NodeTrend? _trend;
    private long _measuredAt;

    /// <summary>The figures of the last seconds.</summary>
    public NodeFigures Measure() => MeasureTrend().Now;

    /// <summary>The figures of the last seconds, and those before them.</summary>
    public NodeTrend MeasureTrend()
    {
        lock (_gate)
        {
            TimeSpan elapsed = broker.Time.GetElapsedTime(_measuredAt);
            if (_trend is null || elapsed >= Age)
            {
                NodeFigures figures = Read();
                _trend = new NodeTrend(figures, _figures ?? figures, elapsed);
                _figures = figures;
                _measuredAt = broker.Time.GetTimestamp();
            }

            return _trend;
        }
    }

    private NodeFigures Read()
    {
        IResourceGauges? gauges = options.Gauges;
        long? free = null;
        long? total = null;
        try
        {
            free = gauges?.FreeDiskBytes;
            total = gauges?.TotalDiskBytes;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It cannot be told now.
        }

        return new NodeFigures
        {
            FreeDiskBytes = free,
            FreeDiskBytesMin = options.Limits?.FreeDiskBytesMin,
            TotalDiskBytes = total,
            MemoryBytes = gauges?.UsedMemoryBytes ?? Environment.WorkingSet,
            MemoryBytesMax = options.Limits?.UsedMemoryBytesMax,
            Descriptors = CountDescriptors(),
            DescriptorsMax = ReadLimit(),
            Connections = broker.Connections.Count,
            Threads = CountEntries(ThreadsDirectory),
            ThreadsMax = File.Exists(ThreadsMaxFile) && long.TryParse(File.ReadAllText(ThreadsMaxFile), CultureInfo.InvariantCulture, out long threads) ? threads : null,
            Collections = GC.CollectionCount(0),
            ReclaimedBytes = Math.Max(GC.GetTotalAllocatedBytes() - GC.GetTotalMemory(forceFullCollection: false), 0),
            Storage = broker.Durability.MeasureStorage(),
            Syncs = broker.Durability.MeasureCommits().Sync,
        };
    }

    /// <summary>How many files, sockets included, the process may have open; null where the system does not say. The line is <c>Max open files  SOFT  HARD  files</c>.</summary>
    public static long? ReadLimit() => File.Exists(LimitsFile)
        && File.ReadLines(LimitsFile).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && long.TryParse(line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out long limit)
            ? limit
            : null;

    /// <summary>Open files and sockets of the process; null where the system does not say.</summary>
    public static int? CountDescriptors() => CountEntries(OpenFilesDirectory);

    private static int? CountEntries(string directory) => Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory).Count() : null;
}
