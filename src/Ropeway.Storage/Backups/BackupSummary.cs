namespace Ropeway.Storage;

/// <summary>What a backup holds.</summary>
/// <param name="Created">When it was begun.</param>
/// <param name="Index">Everything up to this index of the journal is in it; what was committed at that very moment may be, too.</param>
/// <param name="FileCount">Files of the data directory.</param>
/// <param name="Bytes">Their bytes together.</param>
public sealed record BackupSummary(DateTimeOffset Created, ulong Index, int FileCount, long Bytes)
{
    internal static BackupSummary Of(BackupManifest manifest) =>
        new(manifest.Created, manifest.Index, manifest.Files.Count, manifest.Files.Sum(static file => file.Bytes));
}
