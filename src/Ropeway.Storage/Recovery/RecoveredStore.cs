using Ropeway.Buffers;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>The state of a directory as a recovery has read it; nothing on the disk was changed. Used by one thread; disposed unless a store goes on with its spaces.</summary>
internal sealed class RecoveredStore : IDisposable
{
    private RecoveredStore(StoreSpaces spaces)
    {
        Spaces = spaces;
        Catalog = new LogCatalog(spaces);
    }

    public StoreSpaces Spaces { get; }

    public LogCatalog Catalog { get; }

    public MetadataState Metadata { get; } = new();

    public JournalScanResult Scan { get; private set; } = JournalScanResult.Empty;

    /// <summary>Unsettled records.</summary>
    public long RecordCount { get; private set; }

    /// <summary>Batches of the journal that were read; its own housekeeping not counted.</summary>
    public long BatchCount { get; private set; }

    /// <summary>Reads the state from a checkpoint on.</summary>
    /// <exception cref="StoreException">A file cannot be read, or the ledger is strict and something was found that no quarantine can contain.</exception>
    public static RecoveredStore Read(RecoveryOptions options, CheckpointImage image)
    {
        RecoveredStore recovered = new(MakeSpaces(options));
        try
        {
            RecoveryState state = new(recovered.Spaces, recovered.Catalog, recovered.Metadata, options);
            state.Load(image);
            recovered.Scan = JournalScanner.Scan(options.Disk, ScanOptions(options, image), state);
            recovered.RecordCount = state.Complete();
            recovered.BatchCount = state.BatchCount;
            return recovered;
        }
        catch
        {
            recovered.Dispose();
            throw;
        }
    }

    public void Dispose() => Spaces.Transient.Dispose();

    private static JournalScanOptions ScanOptions(RecoveryOptions options, CheckpointImage image) => new()
    {
        Directory = options.Directory,
        FileBytes = options.Header.JournalFileBytes,
        StartPosition = image.StartPosition,
        StartIndex = image.StartIndex,
        SyncedPosition = image.SyncedPosition,
        MetadataKnownBelow = options.MetadataKnownBelow,
        OnProgress = options.OnProgress,
    };

    private static StoreSpaces MakeSpaces(RecoveryOptions options) => new()
    {
        Disk = options.Disk,
        Directory = options.Directory,
        Logger = options.Logger,
        BlockBytes = options.Header.TailBlockBytes,
        Transient = new TailSpace(new TailOptions
        {
            Blocks = new NativeBlockPool(options.Header.TailBlockBytes, keptCountMax: 4),
            BudgetBytes = options.TransientBytesMax,
            OnBlockAdded = options.OnTransientBlock,
        }),
        Segments = new SegmentSet(options.Disk, options.Directory, RunKind.Segment, options.Header.Shard),
        Spills = new SegmentSet(options.Disk, Path.Combine(options.Directory, StoreFiles.TransientDirectory), RunKind.Spill, options.Header.Shard),
        Bodies = new BodySet(options.Disk, options.Directory),
        Cold = new ColdReads(options.Steps),
        Steps = options.Steps,
    };
}
