namespace Ropeway.Core.Resources;

/// <summary>Measures what the process uses and what is left. Called by one thread at a time.</summary>
public interface IResourceGauges
{
    /// <summary>Memory of the process, in bytes.</summary>
    long UsedMemoryBytes { get; }

    /// <summary>Free space for the data directory, in bytes.</summary>
    /// <exception cref="IOException">It cannot be told now.</exception>
    long FreeDiskBytes { get; }

    /// <summary>Size of the file system of the data directory, in bytes; null when it is not known.</summary>
    long? TotalDiskBytes => null;

    /// <summary>Why the store finds no space although there is some, for example because a quota ends before the disk does; null when it does.</summary>
    string? DiskShortage { get; }

    /// <summary>Gives memory back to the system that is kept for later use.</summary>
    void ReleaseUnusedMemory();
}
