using Ropeway.Buffers;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Opens a directory: header, lock, checkpoint, segment footers, journal; only then the first byte on disk changes.</summary>
internal sealed class StoreOpener
{
    private readonly StoreOptions _options;
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly CheckpointFiles _checkpoints;
    private StoreHeader _header;
    private List<CheckpointImage> _images = [];
    private List<string> _damagedCheckpoints = [];
    private Mover? _mover;

    private StoreOpener(StoreOptions options)
    {
        _options = options;
        _disk = options.Disk;
        _directory = Path.GetFullPath(options.Directory);
        _checkpoints = new CheckpointFiles(_disk, _directory);
    }

    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public static StoreParts Open(StoreOptions options)
    {
        try
        {
            return new StoreOpener(options).Open();
        }
        catch (IOException fault)
        {
            throw new StoreException(StoreFault.Io, fault.Message, fault);
        }
    }

    private StoreParts Open()
    {
        StoreHeader? header = _disk.Exists(_directory) || _disk is not PosixDisk ? StoreHeader.Read(_disk, _directory) : null;
        CreateDirectory(_directory);
        DirectoryLock? directoryLock = _options.HeldLock ?? (_disk is PosixDisk ? DirectoryLock.Take(Path.Combine(_directory, StoreFiles.Lock)) : null);
        try
        {
            header ??= StoreHeader.Read(_disk, _directory); // Another process may have made it before we had the lock.
            _header = header ?? MakeHeader();
            ReadCheckpoints(isNew: header is null);
            return Recover(directoryLock);
        }
        catch
        {
            directoryLock?.Dispose();
            throw;
        }
    }

    /// <summary>Creates a directory with its parents, so that it is there after a power cut.</summary>
    private void CreateDirectory(string path)
    {
        if (!_disk.Exists(path) && Path.GetDirectoryName(path) is { } parent)
        {
            CreateDirectory(parent);
            _disk.CreateDirectory(path);
            _disk.SyncDirectory(parent);
        }
    }

    private StoreHeader MakeHeader()
    {
        if (StoreFiles.FindContent(_disk, _directory) is { } name)
        {
            throw new StoreException(StoreFault.Damaged, $"{_directory} holds {name} but no file '{StoreFiles.Header}': its header is lost. Nothing was changed.");
        }

        if (_options.JournalFileBytes % _options.TailBlockBytes != 0)
        {
            throw new StoreException(StoreFault.Io, $"A journal file must be a multiple of {_options.TailBlockBytes} bytes.");
        }

        return new StoreHeader(StoreHeader.Version, Shard: 0, _options.Time.GetUtcNow().ToUnixTimeMilliseconds(), _options.JournalFileBytes, _options.TailBlockBytes);
    }

    private void ReadCheckpoints(bool isNew)
    {
        if (isNew)
        {
            _header.Write(_disk, _directory);
        }

        _images = _checkpoints.ReadAll(_options.Logger, out _damagedCheckpoints);
        if (_images.Count > 0)
        {
            return;
        }

        if (_damagedCheckpoints.Count > 0 || StoreFiles.FindContent(_disk, _directory) is not null)
        {
            string reason = _damagedCheckpoints.Count > 0 ? "all its checkpoints are damaged" : "it has no checkpoint";
            throw new StoreException(StoreFault.Damaged, $"{_directory} cannot be opened: {reason}. Nothing was changed.");
        }

        // A new store, or one whose first start was cut short: its first checkpoint comes before its first journal file.
        CheckpointImage image = new();
        ByteWriter file = new();
        CheckpointCodec.Begin(file, image);
        file.Int32(0);
        CheckpointCodec.End(file, _checkpoints.NextGeneration, _header.Shard);
        image.Generation = _checkpoints.NextGeneration;
        _checkpoints.Write(file.Written, image.StartPosition);
        _images = [image];
    }

    private StoreParts Recover(DirectoryLock? directoryLock)
    {
        RecoveryOptions options = new()
        {
            Disk = _disk,
            Directory = _directory,
            Header = _header,
            Ledger = _options.Ledger ?? new DamageLedger(isStrict: true),
            Logger = _options.Logger,
            TransientBytesMax = _options.TransientBytesMax,
            MetadataKnownBelow = _images.Count > 1 ? _images[1].SyncedPosition : 0,
            OnTransientBlock = () => _mover?.Signal(),
            OnProgress = _options.OnProgress,
            Steps = _options.Steps,
        };
        return Start(directoryLock, RecoveredStore.Read(options, _images[0]));
    }

    private StoreParts Start(DirectoryLock? directoryLock, RecoveredStore recovered)
    {
        StoreSpaces spaces = recovered.Spaces;
        LogCatalog catalog = recovered.Catalog;
        JournalScanResult scan = recovered.Scan;
        _disk.CreateDirectory(Path.Combine(_directory, StoreFiles.TransientDirectory));
        _disk.CreateDirectory(Path.Combine(_directory, StoreFiles.QuarantineDirectory));
        RetiredFiles retired = new(_disk, spaces.Segments, spaces.Bodies);
        new DirectoryCleaner(spaces, retired, _images).Clean(_damagedCheckpoints);
        _checkpoints.DeleteOlder();
        if (_header.FormatVersion < StoreHeader.Version)
        {
            _header = _header with { FormatVersion = StoreHeader.Version };
            _header.Write(_disk, _directory); // Before the first batch that an older program could not read.
        }

        spaces.Journal = Journal.Start(JournalOptions(), scan);
        MetadataStore metadata = new(recovered.Metadata, catalog, spaces);
        MoverOptions moverOptions = new()
        {
            JournalFileBytes = _header.JournalFileBytes,
            JournalFiles = Math.Max(2, _options.JournalFiles),
            TransientBytesMax = _options.TransientBytesMax,
            Shard = _header.Shard,
            Time = _options.Time,
        };
        CheckpointTaker checkpoints = new(spaces, catalog, metadata, _checkpoints, retired, moverOptions);
        Mover mover = new(spaces, catalog, checkpoints, retired, moverOptions);
        spaces.OnFileDead = mover.SignalLater;
        _mover = mover;
        _images = []; // The signals of tail and journal keep this object.
        if (_options.Steps is { } steps)
        {
            spaces.Journal.AddSteps(steps);
        }

        mover.Start();
        mover.Signal();
        StorageLog.Opened(_options.Logger, _directory, catalog.DurableCount, recovered.RecordCount, scan.EndPosition - scan.StartPosition, scan.CutBytes);
        return new StoreParts
        {
            Lock = directoryLock,
            JournalFileBytes = _header.JournalFileBytes,
            Spaces = spaces,
            Catalog = catalog,
            Metadata = metadata,
            Checkpoints = checkpoints,
            Retired = retired,
            Mover = mover,
            BodyWriter = new BodyWriter(_disk, spaces.Bodies, spaces.Journal.Fail, _options.Steps),
        };
    }

    private JournalOptions JournalOptions() => new()
    {
        Disk = _disk,
        Directory = _directory,
        FileBytes = _header.JournalFileBytes,
        Files = Math.Max(2, _options.JournalFiles),
        Blocks = new NativeBlockPool(_header.TailBlockBytes, keptCountMax: 2),
        BudgetBytes = _options.TailBytesMax,
        UnsyncedBytesMax = _options.UnsyncedBytesMax,
        Shard = _header.Shard,
        Time = _options.Time,
        Logger = _options.Logger,
        OnFailed = _options.OnFailed,
        OwnThreads = _options.Steps is null,
        OnLiveFilesChanged = () => _mover?.Signal(),
    };
}
