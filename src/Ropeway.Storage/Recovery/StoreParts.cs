using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>What an open store consists of.</summary>
internal sealed record StoreParts
{
    /// <summary>Null on a simulated disk.</summary>
    public required DirectoryLock? Lock { get; init; }

    public required int JournalFileBytes { get; init; }

    public required StoreSpaces Spaces { get; init; }

    public required LogCatalog Catalog { get; init; }

    public required MetadataStore Metadata { get; init; }

    public required CheckpointTaker Checkpoints { get; init; }

    public required RetiredFiles Retired { get; init; }

    public required Mover Mover { get; init; }

    public required BodyWriter BodyWriter { get; init; }
}
