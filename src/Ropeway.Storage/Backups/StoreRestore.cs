using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Makes a data directory from a backup. The file <c>store</c> gets its name last: before that no start takes the directory for a store.</summary>
public sealed class StoreRestore
{
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly List<string> _made = [];

    private StoreRestore(StoreOptions options)
    {
        _disk = options.Disk;
        _directory = Path.GetFullPath(options.Directory);
    }

    /// <summary>Restores a backup.</summary>
    /// <param name="source">The backup.</param>
    /// <param name="options">The directory; it must not be there, or be empty.</param>
    /// <param name="report">What the restored directory holds, tested once more.</param>
    /// <exception cref="StoreException">Io: the directory is not empty, or the system refused. Damaged: this is not a whole backup. Nothing but the empty directory is left then.</exception>
    public static BackupSummary Run(Stream source, StoreOptions options, out StoreReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        StoreRestore restore = new(options);
        BackupSummary summary;
        try
        {
            summary = restore.Run(source);
        }
        catch (InvalidDataException fault)
        {
            restore.Remove();
            throw new StoreException(StoreFault.Damaged, fault.Message, fault);
        }
        catch (IOException fault)
        {
            restore.Remove();
            throw new StoreException(StoreFault.Io, fault.Message, fault);
        }
        catch
        {
            restore.Remove();
            throw;
        }

        report = StoreVerification.Run(options);
        return summary;
    }

    private BackupSummary Run(Stream source)
    {
        CreateDirectory();
        using DirectoryLock? held = _disk is PosixDisk ? DirectoryLock.Take(PathOf(StoreFiles.Lock)) : null;
        if (held is not null)
        {
            _made.Add(PathOf(StoreFiles.Lock));
        }

        BackupManifest manifest = BackupArchive.Read(source, Create);
        string header = PathOf(StoreFiles.Header);
        if (!_made.Remove(header + StoreFiles.TemporarySuffix))
        {
            throw new InvalidDataException($"This is not a backup: it holds no file '{StoreFiles.Header}'.");
        }

        _disk.SyncDirectory(_directory);
        _disk.Rename(header + StoreFiles.TemporarySuffix, header);
        _made.Add(header);
        _disk.SyncDirectory(_directory);
        CompleteJournal();
        return BackupSummary.Of(manifest);
    }

    private void CreateDirectory()
    {
        bool isThere = _disk.Exists(_directory);
        if (isThere && _disk.List(_directory).Count > 0)
        {
            throw new StoreException(StoreFault.Io, $"{_directory} is not empty; a backup is restored into an empty directory only.");
        }

        if (!isThere)
        {
            _disk.CreateDirectory(_directory);
            _disk.SyncDirectory(Path.GetDirectoryName(_directory)!);
        }
    }

    private RestoredFile Create(string name)
    {
        string path = PathOf(name == StoreFiles.Header ? name + StoreFiles.TemporarySuffix : name);
        RestoredFile file = new(_disk.Create(path));
        _made.Add(path);
        return file;
    }

    /// <summary>Gives the last journal file, which the backup holds up to its end only, the length of all.</summary>
    private void CompleteJournal()
    {
        int fileBytes = StoreHeader.Read(_disk, _directory)!.Value.JournalFileBytes;
        foreach (string path in _made.Where(static path => JournalFile.TryParse(Path.GetFileName(path), out _)))
        {
            using IDiskFile file = _disk.Open(path, writable: true);
            if (file.Bytes < fileBytes)
            {
                file.Truncate(fileBytes);
                file.Sync();
            }
        }
    }

    private void Remove()
    {
        foreach (string path in _made.Where(_disk.Exists))
        {
            _disk.Delete(path);
        }
    }

    private string PathOf(string name) => Path.Combine(_directory, name);
}
