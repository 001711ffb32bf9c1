using Ropeway.Core.Resources;

namespace Ropeway.Management.Live;

/// <summary>What the process uses of what it may use, and what it has done. Immutable; null is what is not known.</summary>
internal sealed record NodeFigures
{
    /// <summary>Free space of the data directory's disk.</summary>
    public long? FreeDiskBytes { get; init; }

    /// <summary>Free space below which publishers wait.</summary>
    public long? FreeDiskBytesMin { get; init; }

    /// <summary>Size of the disk.</summary>
    public long? TotalDiskBytes { get; init; }

    /// <summary>Memory of the process.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Memory from which on publishers wait.</summary>
    public long? MemoryBytesMax { get; init; }

    /// <summary>Open files and sockets.</summary>
    public int? Descriptors { get; init; }

    /// <summary>Files and sockets that may be open.</summary>
    public long? DescriptorsMax { get; init; }

    /// <summary>Client connections of all protocols but HTTP.</summary>
    public required int Connections { get; init; }

    /// <summary>Threads of the process.</summary>
    public int? Threads { get; init; }

    /// <summary>Threads that the machine may have.</summary>
    public long? ThreadsMax { get; init; }

    /// <summary>Garbage collections since the start.</summary>
    public required int Collections { get; init; }

    /// <summary>Bytes that they have freed, about.</summary>
    public required long ReclaimedBytes { get; init; }

    /// <summary>What the store has done.</summary>
    public required StorageActivity Storage { get; init; }

    /// <summary>How long syncs took.</summary>
    public required DurationSpread Syncs { get; init; }
}
