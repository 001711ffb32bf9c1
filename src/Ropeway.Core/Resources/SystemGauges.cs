namespace Ropeway.Core.Resources;

/// <summary>The real measurements: the resident set of this process, the file system of one directory. Any thread.</summary>
/// <param name="directory">A directory that exists.</param>
/// <param name="askShortage">What the store lacks at the moment, or null.</param>
public sealed class SystemGauges(string directory, Func<string?> askShortage) : IResourceGauges
{
    private readonly DriveInfo _drive = new(directory);

    /// <summary>Memory that this process may use: the machine's, or less where a container limits it; in bytes.</summary>
    public static long TotalMemoryBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <inheritdoc/>
    public long UsedMemoryBytes => Environment.WorkingSet;

    /// <inheritdoc/>
    public long FreeDiskBytes => _drive.AvailableFreeSpace;

    /// <inheritdoc/>
    public long? TotalDiskBytes => _drive.TotalSize;

    /// <inheritdoc/>
    public string? DiskShortage => askShortage();

    /// <inheritdoc/>
    public void ReleaseUnusedMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
}
