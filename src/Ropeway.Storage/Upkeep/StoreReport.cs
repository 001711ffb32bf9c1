namespace Ropeway.Storage;

/// <summary>What a data directory holds, and what of it is damaged. Immutable.</summary>
public sealed record StoreReport
{
    /// <summary>Full path of the directory.</summary>
    public required string Directory { get; init; }

    /// <summary>Format version of the directory.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Valid checkpoints, at most two.</summary>
    public required int CheckpointCount { get; init; }

    /// <summary>Bytes of the journal that a start reads.</summary>
    public required long JournalBytes { get; init; }

    /// <summary>Whole batches in them, the journal's own housekeeping not counted.</summary>
    public required long JournalBatchCount { get; init; }

    /// <summary>Bytes behind the journal's end that a crash cut short; nobody was told that they are safe.</summary>
    public required long TornBytes { get; init; }

    /// <summary>Live segments.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>Whole batches in them.</summary>
    public required long SegmentBatchCount { get; init; }

    /// <summary>Whole bodies with a file of their own.</summary>
    public required int BodyCount { get; init; }

    /// <summary>Logs.</summary>
    public required int LogCount { get; init; }

    /// <summary>Unsettled records in them that can be read.</summary>
    public required long RecordCount { get; init; }

    /// <summary>Unsettled or kept records that are named and lost.</summary>
    public required long LostCount { get; init; }

    /// <summary>What is damaged, in the order of the directory.</summary>
    public required IReadOnlyList<StoreDamage> Damages { get; init; }

    /// <summary>The entries of the metadata, to name the logs by.</summary>
    public required IReadOnlyList<KeyValuePair<byte[], byte[]>> Metadata { get; init; }

    /// <summary>True when nothing is damaged.</summary>
    public bool IsWhole => Damages.Count == 0;
}
