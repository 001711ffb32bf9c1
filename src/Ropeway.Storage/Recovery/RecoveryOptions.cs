using Microsoft.Extensions.Logging;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>What a recovery reads, and how it takes damage.</summary>
internal sealed record RecoveryOptions
{
    public required IDisk Disk { get; init; }

    /// <summary>Full path of the data directory.</summary>
    public required string Directory { get; init; }

    public required StoreHeader Header { get; init; }

    public required DamageLedger Ledger { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Memory for transient messages, in bytes.</summary>
    public required int TransientBytesMax { get; init; }

    /// <summary>The checkpoint has captured all metadata that lie below this position of the journal: the one before it was complete then.</summary>
    public long MetadataKnownBelow { get; init; }

    /// <summary>Does the background work in place of threads; null: the threads.</summary>
    public IStepRunner? Steps { get; init; }

    /// <summary>Called by the transient memory when it takes a block.</summary>
    public Action? OnTransientBlock { get; init; }

    /// <summary>Called at least every second while it reads.</summary>
    public Action<RecoveryProgress>? OnProgress { get; init; }
}
