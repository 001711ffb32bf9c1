using Ropeway.Storage;

namespace Ropeway.Core.Resources;

/// <summary>What the store has done since it was opened, and holds now. Immutable.</summary>
public sealed record StorageActivity
{
    /// <summary>Groups of records that were written at once.</summary>
    public required long GroupCount { get; init; }

    /// <summary>Syncs of journal files.</summary>
    public required long SyncCount { get; init; }

    /// <summary>Bytes written to the journal.</summary>
    public required long JournalBytesWritten { get; init; }

    /// <summary>Journal files that hold something still needed.</summary>
    public required int JournalFileCount { get; init; }

    /// <summary>Segment files.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>Bytes of segment files.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Memory of durable messages that were written last, in bytes.</summary>
    public required long TailBytes { get; init; }

    /// <summary>Memory of transient messages, in bytes.</summary>
    public required long TransientBytes { get; init; }

    /// <summary>Reads of messages that were not in memory.</summary>
    public required long ColdReadCount { get; init; }

    /// <summary>Messages that were read from memory.</summary>
    public required long HotMessageCount { get; init; }

    /// <summary>Messages that were read from the disk.</summary>
    public required long ColdMessageCount { get; init; }

    /// <summary>Bytes copied to make room in the journal and in memory.</summary>
    public required long MovedBytes { get; init; }

    /// <summary>Checkpoints written.</summary>
    public required long CheckpointCount { get; init; }

    /// <summary>Logs out of service because their files are damaged.</summary>
    public required int QuarantinedLogCount { get; init; }

    internal static StorageActivity Of(Store store)
    {
        StoreStatistics counters = store.GetStatistics();
        return new StorageActivity
        {
            GroupCount = counters.CommitCount,
            SyncCount = counters.SyncCount,
            JournalBytesWritten = counters.JournalBytesWritten,
            JournalFileCount = counters.JournalFileCount,
            SegmentCount = counters.SegmentCount,
            SegmentBytes = counters.SegmentBytes,
            TailBytes = counters.TailBytes,
            TransientBytes = counters.TransientBytes,
            ColdReadCount = counters.ColdReadCount,
            HotMessageCount = counters.HotRecordCount,
            ColdMessageCount = counters.ColdRecordCount,
            MovedBytes = counters.MovedBytes,
            CheckpointCount = counters.CheckpointCount,
            QuarantinedLogCount = counters.QuarantinedLogCount,
        };
    }
}
