using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>Writes a whole small file so that after a crash it is there completely or not at all.</summary>
internal static class DurableFiles
{
    public static void Write(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + StoreFiles.TemporarySuffix;
        if (disk.Exists(temporary))
        {
            disk.Delete(temporary); // Left by an attempt that found no space.
        }

        using (IDiskFile file = disk.Create(temporary))
        {
            file.Write(content, 0);
            file.Sync();
        }

        disk.Rename(temporary, path);
        disk.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
