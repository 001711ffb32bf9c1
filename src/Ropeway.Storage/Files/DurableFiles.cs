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

    /// <summary>Copies a part of a file into a new one in the same way; less when the source ends before.</summary>
    public static void Copy(IDisk disk, string source, long position, long bytes, string target)
    {
        const int ChunkBytes = 1024 * 1024;
        string temporary = target + StoreFiles.TemporarySuffix;
        if (disk.Exists(temporary))
        {
            disk.Delete(temporary);
        }

        byte[] chunk = new byte[(int)Math.Min(ChunkBytes, Math.Max(1, bytes))];
        using (IDiskFile from = disk.Open(source, writable: false))
        using (IDiskFile to = disk.Create(temporary))
        {
            for (long done = 0; done < bytes;)
            {
                int read = from.Read(chunk.AsSpan(0, (int)Math.Min(chunk.Length, bytes - done)), position + done);
                if (read == 0)
                {
                    break;
                }

                to.Write(chunk.AsSpan(0, read), done);
                done += read;
            }

            to.Sync();
        }

        disk.Rename(temporary, target);
        disk.SyncDirectory(Path.GetDirectoryName(target)!);
    }
}
