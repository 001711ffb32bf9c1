using System.Globalization;

namespace Ropeway.Storage;

/// <summary>Names in the data directory.</summary>
internal static class StoreFiles
{
    public const string Lock = "lock";
    public const string Header = "store";
    public const string JournalPrefix = "journal-";
    public const string CheckpointPrefix = "checkpoint-";
    public const string SegmentPrefix = "segment-";
    public const string SpillPrefix = "spill-";
    public const string BodyPrefix = "body-";
    public const string TransientDirectory = "transient";
    public const string QuarantineDirectory = "quarantine";
    public const string TemporarySuffix = ".tmp";

    /// <summary>A file in a directory that only a store has; null when there is none.</summary>
    public static string? FindContent(Disk.IDisk disk, string directory) => disk.List(directory).FirstOrDefault(static name =>
        TryNumber(name, JournalPrefix, out _) || TryNumber(name, CheckpointPrefix, out _)
        || TryNumber(name, SegmentPrefix, out _) || TryNumber(name, BodyPrefix, out _));

    /// <summary>Reads the number behind a prefix; false for any other name.</summary>
    public static bool TryNumber(string name, string prefix, out ulong number)
    {
        number = 0;
        return name.StartsWith(prefix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && name.Length - prefix.Length == number.ToString(CultureInfo.InvariantCulture).Length;
    }
}
