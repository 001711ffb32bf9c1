namespace Ropeway.Storage;

/// <summary>The content of a checkpoint: the whole state at one journal position, except what the journal says from there on.</summary>
internal sealed class CheckpointImage
{
    public ulong Generation { get; set; }

    /// <summary>Start of the journal file from which on recovery reads.</summary>
    public long StartPosition { get; set; }

    /// <summary>Index of the first batch in that file.</summary>
    public ulong StartIndex { get; set; } = 1;

    /// <summary>Journal position below which everything was durable.</summary>
    public long SyncedPosition { get; set; }

    public uint Epoch { get; set; }

    public ulong NextLogId { get; set; } = 1;

    public uint NextSegmentId { get; set; } = 1;

    public ulong NextBodyId { get; set; } = 1;

    public List<KeyValuePair<byte[], byte[]>> Metadata { get; } = [];

    public List<LogImage> Logs { get; } = [];

    public List<SegmentImage> Segments { get; } = [];

    /// <summary>Segments that are dead but were not deleted yet.</summary>
    public List<uint> RetiredSegments { get; } = [];

    public List<ulong> Bodies { get; } = [];

    /// <summary>Bodies that are dead but were not deleted yet.</summary>
    public List<ulong> RetiredBodies { get; } = [];
}
