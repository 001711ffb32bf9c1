namespace Ropeway.Storage.Journaling;

/// <summary>Where recovery starts to read.</summary>
internal sealed record JournalScanOptions
{
    public required string Directory { get; init; }

    public required int FileBytes { get; init; }

    /// <summary>Where to start: the start of a journal file. 0 for a store without a checkpoint.</summary>
    public long StartPosition { get; init; }

    /// <summary>Index of the first batch at <see cref="StartPosition"/> (<see cref="Journal.FirstIndexOfFile"/> of that file when the checkpoint was written); 1 at position 0.</summary>
    public ulong StartIndex { get; init; } = 1;

    /// <summary>Batches of a lower epoch are not valid. From the checkpoint: the epoch of the batches at <see cref="StartPosition"/> or lower; 0 accepts all.</summary>
    public uint EpochMin { get; init; }

    /// <summary>Everything below is known to have been durable (a checkpoint says so): what is invalid there is damage. 0 when unknown.</summary>
    public long SyncedPosition { get; init; }

    /// <summary>Metadata batches below are in the checkpoint: nothing is lost when one is damaged.</summary>
    public long MetadataKnownBelow { get; init; }

    /// <summary>Called after every few megabytes.</summary>
    public Action<RecoveryProgress>? OnProgress { get; init; }
}
