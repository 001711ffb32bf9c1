namespace Ropeway.Storage;

/// <summary>Counters of a store at one moment. Bytes are file or memory bytes, counts start at the opening of the store.</summary>
public sealed record StoreStatistics
{
    /// <summary>Journal files that hold something still needed.</summary>
    public int JournalFileCount { get; init; }

    /// <summary>Groups the commit thread has written.</summary>
    public long CommitCount { get; init; }

    /// <summary>How long it took from the first append of each group to its being durable.</summary>
    public DurationCounts CommitTimes { get; init; } = DurationCounts.None;

    /// <summary>How long writing and syncing each group took.</summary>
    public DurationCounts SyncTimes { get; init; } = DurationCounts.None;

    /// <summary>Syncs of journal files.</summary>
    public long SyncCount { get; init; }

    /// <summary>Bytes written to the journal.</summary>
    public long JournalBytesWritten { get; init; }

    /// <summary>Memory of the durable tail.</summary>
    public long TailBytes { get; init; }

    /// <summary>Memory of transient messages.</summary>
    public long TransientBytes { get; init; }

    /// <summary>Segment files that are live.</summary>
    public int SegmentCount { get; init; }

    /// <summary>Bytes of live segment files.</summary>
    public long SegmentBytes { get; init; }

    /// <summary>Unsynced spill segments of transient messages.</summary>
    public int SpillSegmentCount { get; init; }

    /// <summary>Files of external bodies.</summary>
    public int BodyCount { get; init; }

    /// <summary>Entries of all run tables.</summary>
    public long RunCount { get; init; }

    /// <summary>Durable logs.</summary>
    public int LogCount { get; init; }

    /// <summary>Logs that are quarantined.</summary>
    public int QuarantinedLogCount { get; init; }

    /// <summary>Checkpoints written.</summary>
    public long CheckpointCount { get; init; }

    /// <summary>Bytes the mover copied from the journal, from transient memory and between segments.</summary>
    public long MovedBytes { get; init; }

    /// <summary>Cold reads.</summary>
    public long ColdReadCount { get; init; }

    /// <summary>Records that were read from memory.</summary>
    public long HotRecordCount { get; init; }

    /// <summary>Records that were read after a cold read had brought them.</summary>
    public long ColdRecordCount { get; init; }

    /// <summary>Atomic units that have not ended.</summary>
    public int OpenUnitCount { get; init; }
}
