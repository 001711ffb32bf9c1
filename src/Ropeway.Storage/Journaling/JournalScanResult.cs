namespace Ropeway.Storage.Journaling;

/// <summary>Where the journal ends and how it goes on.</summary>
internal sealed record JournalScanResult
{
    /// <summary>Where the scan started: the oldest journal position that still counts.</summary>
    public required long StartPosition { get; init; }

    /// <summary>Behind the last good batch; the next one is written here.</summary>
    public required long EndPosition { get; init; }

    /// <summary>Index of the next batch.</summary>
    public required ulong NextIndex { get; init; }

    /// <summary>Highest epoch seen, also in bytes that were cut; the next one must be higher.</summary>
    public required uint Epoch { get; init; }

    /// <summary>Everything below is proven durable; bytes from here to <see cref="EndPosition"/> are written once more at start.</summary>
    public required long SyncedPosition { get; init; }

    /// <summary>Bytes behind <see cref="EndPosition"/> that belonged to batches which were never complete on disk.</summary>
    public required long CutBytes { get; init; }

    /// <summary>First index in each file from <see cref="StartPosition"/>'s file on.</summary>
    public required IReadOnlyList<ulong> FileFirstIndexes { get; init; }

    /// <summary>Batches at the end that no directory with its copy names; the next group's directory must.</summary>
    public required IReadOnlyList<GroupEntry> Uncovered { get; init; }

    /// <summary>The result for a store that has no journal yet.</summary>
    public static JournalScanResult Empty { get; } = new()
    {
        StartPosition = 0,
        EndPosition = 0,
        NextIndex = 1,
        Epoch = 0,
        SyncedPosition = 0,
        CutBytes = 0,
        FileFirstIndexes = [],
        Uncovered = [],
    };
}
