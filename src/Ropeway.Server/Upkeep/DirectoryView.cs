using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Server.Upkeep;

/// <summary>What a data directory holds and what of it is damaged, for programs. Counts and bytes are of what is whole.</summary>
internal sealed record DirectoryView
{
    /// <summary>Full path.</summary>
    public required string Directory { get; init; }

    /// <summary>Format version.</summary>
    public required int Format { get; init; }

    /// <summary>Whether nothing is damaged.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Valid checkpoints.</summary>
    public required int Checkpoints { get; init; }

    /// <summary>Bytes of the journal that a start reads.</summary>
    public required long JournalBytes { get; init; }

    /// <summary>Batches in them.</summary>
    public required long JournalBatches { get; init; }

    /// <summary>Bytes at the journal's end that a crash cut short; not a damage.</summary>
    public required long TornBytes { get; init; }

    /// <summary>Segments.</summary>
    public required int Segments { get; init; }

    /// <summary>Batches in them.</summary>
    public required long SegmentBatches { get; init; }

    /// <summary>Bodies with files of their own.</summary>
    public required int Bodies { get; init; }

    /// <summary>Logs.</summary>
    public required int Logs { get; init; }

    /// <summary>Unsettled records.</summary>
    public required long Records { get; init; }

    /// <summary>Records that are named and lost.</summary>
    public required long LostRecords { get; init; }

    /// <summary>Definitions that cannot be read.</summary>
    public required int UnreadableDefinitions { get; init; }

    /// <summary>What is damaged.</summary>
    public required IReadOnlyList<DamageView> Damages { get; init; }

    /// <summary>Names what a report says.</summary>
    public static DirectoryView Of(StoreReport report)
    {
        LogNames names = LogNames.Read(report.Metadata);
        return new DirectoryView
        {
            Directory = report.Directory,
            Format = report.FormatVersion,
            IsWhole = report.IsWhole && names.UnreadableCount == 0,
            Checkpoints = report.CheckpointCount,
            JournalBytes = report.JournalBytes,
            JournalBatches = report.JournalBatchCount,
            TornBytes = report.TornBytes,
            Segments = report.SegmentCount,
            SegmentBatches = report.SegmentBatchCount,
            Bodies = report.BodyCount,
            Logs = report.LogCount,
            Records = report.RecordCount,
            LostRecords = report.LostCount,
            UnreadableDefinitions = names.UnreadableCount,
            Damages = [.. report.Damages.Select(damage => DamageView.Of(damage, names))],
        };
    }
}
