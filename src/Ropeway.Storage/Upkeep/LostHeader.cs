using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Makes out what a damaged or lost header said: everything in it shows in the other files too.</summary>
internal static class LostHeader
{
    private const int BlockBytesMax = 4 * 1024 * 1024;

    /// <summary>A header that fits the other files.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="now">Stands for the time at which the store was made, which nothing depends on.</param>
    /// <returns>Null when the directory has no journal.</returns>
    public static StoreHeader? Find(IDisk disk, string directory, DateTimeOffset now)
    {
        long fileBytes = 0;
        ushort shard = 0;
        foreach (string name in disk.List(directory).Where(static name => JournalFile.TryParse(name, out _)))
        {
            using IDiskFile file = disk.Open(Path.Combine(directory, name), writable: false);
            byte[] first = new byte[BatchHeader.HeaderBytes];
            fileBytes = Math.Max(fileBytes, file.Bytes); // A restored backup leaves the last one shorter.
            if (file.Read(first, 0) == first.Length && BatchHeader.TryRead(first, out BatchHeader header))
            {
                shard = header.Shard;
            }
        }

        if (fileBytes is 0 or > int.MaxValue)
        {
            return null;
        }

        int blockBytes = (int)Math.Min(BlockBytesMax, fileBytes & -fileBytes); // No batch straddles a multiple of a smaller one.
        return new StoreHeader(StoreHeader.Version, shard, now.ToUnixTimeMilliseconds(), (int)fileBytes, blockBytes);
    }
}
