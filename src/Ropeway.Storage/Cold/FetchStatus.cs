namespace Ropeway.Storage;

/// <summary>How reading a run from disk ended.</summary>
internal enum FetchStatus
{
    /// <summary>All batches are there and right.</summary>
    Complete,

    /// <summary>The file is gone: the run has been moved meanwhile.</summary>
    Gone,

    /// <summary>A checksum is wrong or a batch is missing.</summary>
    Damaged,
}
