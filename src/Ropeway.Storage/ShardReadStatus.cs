namespace Ropeway.Storage;

/// <summary>How a read of the shard's log ended.</summary>
public enum ShardReadStatus
{
    /// <summary>Everything committed was handed over, or the reader stopped.</summary>
    Complete,

    /// <summary>The index lies before what the log still holds: start from a snapshot.</summary>
    TooOld,

    /// <summary>A batch failed its checksum.</summary>
    Damaged,
}
