namespace Ropeway.Storage;

/// <summary>What part of a data directory is damaged.</summary>
public enum DamageKind
{
    /// <summary>The file <c>store</c>.</summary>
    Header,

    /// <summary>A checkpoint.</summary>
    Checkpoint,

    /// <summary>There is no checkpoint at all.</summary>
    NoCheckpoint,

    /// <summary>A range of the journal.</summary>
    Journal,

    /// <summary>Header or footer of a segment, or the whole file: nothing is lost as long as its batches can be read.</summary>
    SegmentFile,

    /// <summary>A batch of records in a segment.</summary>
    SegmentBatch,

    /// <summary>A file with one body.</summary>
    Body,

    /// <summary>A log that was quarantined before, with what it lost then.</summary>
    QuarantinedLog,
}
