using System.Globalization;
using Ropeway.Core;
using Ropeway.Core.Resources;

namespace Ropeway.Management.Live;

/// <summary>What the process uses of what it may use. Measured at most every few seconds; any thread.</summary>
internal sealed class NodeGauges(Broker broker, ManagementOptions options)
{
    private const string OpenFilesDirectory = "/proc/self/fd";
    private const string LimitsFile = "/proc/self/limits";
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private NodeFigures? _figures;
    private long _measuredAt;

    /// <summary>The figures of the last seconds.</summary>
    public NodeFigures Measure()
    {
        lock (_gate)
        {
            if (_figures is null || broker.Time.GetElapsedTime(_measuredAt) >= Age)
            {
                _figures = Read();
                _measuredAt = broker.Time.GetTimestamp();
            }

            return _figures;
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

        return new NodeFigures(
            free,
            options.Limits?.FreeDiskBytesMin,
            total,
            gauges?.UsedMemoryBytes ?? Environment.WorkingSet,
            options.Limits?.UsedMemoryBytesMax,
            Directory.Exists(OpenFilesDirectory) ? Directory.EnumerateFileSystemEntries(OpenFilesDirectory).Count() : null,
            ReadLimit());
    }

    /// <summary>The line is <c>Max open files  SOFT  HARD  files</c>.</summary>
    private static long? ReadLimit() => File.Exists(LimitsFile)
        && File.ReadLines(LimitsFile).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && long.TryParse(line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out long limit)
            ? limit
            : null;
}
