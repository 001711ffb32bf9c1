using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>Backups in files: a file is there completely, tested and synced, or not at all.</summary>
public static class BackupFile
{
    private const int ChunkBytes = 1024 * 1024;

    /// <summary>Writes what a broker sends to a new file, reads it back with every checksum, and gives it its name.</summary>
    /// <param name="source">The backup.</param>
    /// <param name="path">The file; it must not be there yet.</param>
    /// <param name="aborted">Gives up.</param>
    /// <exception cref="StoreException">Io: it is there already, or the system refused. Damaged: this is not a whole backup.</exception>
    public static async Task<BackupSummary> WriteAsync(Stream source, string path, CancellationToken aborted)
    {
        ArgumentNullException.ThrowIfNull(source);
        PosixDisk disk = PosixDisk.Instance;
        path = Path.GetFullPath(path);
        if (disk.Exists(path))
        {
            throw new StoreException(StoreFault.Io, $"{path} is there already.");
        }

        string temporary = path + StoreFiles.TemporarySuffix;
        Remove(temporary); // Left by a run that was killed.
        try
        {
            using (IDiskFile file = disk.Create(temporary))
            {
                await CopyAsync(source, file, aborted).ConfigureAwait(false);
                file.Sync();
                file.DropCache(); // What is read back is to come from the disk.
            }

            BackupSummary summary = Read(temporary);
            disk.Rename(temporary, path);
            disk.SyncDirectory(Path.GetDirectoryName(path)!);
            return summary;
        }
        catch (IOException fault)
        {
            Remove(temporary);
            throw new StoreException(StoreFault.Io, fault.Message, fault);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Reads a backup with every checksum.</summary>
    /// <exception cref="StoreException">Damaged: it is not a whole backup. Io: it cannot be read.</exception>
    public static BackupSummary Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return BackupSummary.Of(BackupArchive.Read(file, static _ => null));
        }
        catch (InvalidDataException fault)
        {
            throw new StoreException(StoreFault.Damaged, fault.Message, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Io, fault.Message, fault);
        }
    }

    private static async Task CopyAsync(Stream source, IDiskFile file, CancellationToken aborted)
    {
        byte[] chunk = new byte[ChunkBytes];
        long position = 0;
        while (await source.ReadAsync(chunk, aborted).ConfigureAwait(false) is int read and > 0)
        {
            file.Write(chunk.AsSpan(0, read), position);
            position += read;
        }
    }

    private static void Remove(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
