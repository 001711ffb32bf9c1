using System.Formats.Tar;
using System.Security.Cryptography;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Reads a backup from its first to its last byte and compares everything with the manifest.</summary>
internal static class BackupArchive
{
    private const int ChunkBytes = 1024 * 1024;

    /// <summary>Reads a backup.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="open">Where a file goes, by its name; null to read it only. Called for the names of a data directory only.</param>
    /// <exception cref="InvalidDataException">It is not a whole backup; the text says why.</exception>
    public static BackupManifest Read(Stream source, Func<string, Stream?> open)
    {
        List<BackupEntry> found = [];
        using TarReader archive = new(source, leaveOpen: true);
        while (Next(archive) is { } entry)
        {
            if (entry.Name == BackupManifest.Name)
            {
                return Compare(ReadManifest(entry), found);
            }

            if (entry.EntryType != TarEntryType.RegularFile || !IsKnown(entry.Name))
            {
                throw new InvalidDataException($"This is not a backup: it holds '{entry.Name}'.");
            }

            using Stream? target = open(entry.Name);
            found.Add(Copy(entry, target));
        }

        throw new InvalidDataException("The backup is not complete: its list of files is missing.");
    }

    private static TarEntry? Next(TarReader archive)
    {
        try
        {
            return archive.GetNextEntry();
        }
        catch (EndOfStreamException fault)
        {
            throw new InvalidDataException("The backup is cut short.", fault);
        }
    }

    private static bool IsKnown(string name) =>
        name == StoreFiles.Header
        || JournalFile.TryParse(name, out _)
        || StoreFiles.TryNumber(name, StoreFiles.CheckpointPrefix, out _)
        || StoreFiles.TryNumber(name, StoreFiles.SegmentPrefix, out _)
        || StoreFiles.TryNumber(name, StoreFiles.BodyPrefix, out _);

    private static BackupManifest ReadManifest(TarEntry entry)
    {
        if (entry.Length > BackupManifest.BytesMax)
        {
            throw new InvalidDataException("The backup's list of files is longer than any is.");
        }

        using MemoryStream bytes = new();
        Copy(entry, bytes);
        return BackupManifest.Read(bytes.ToArray());
    }

    private static BackupEntry Copy(TarEntry entry, Stream? target)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[ChunkBytes];
        long done = 0;
        while (done < entry.Length)
        {
            int read = entry.DataStream!.Read(chunk, 0, (int)Math.Min(chunk.Length, entry.Length - done));
            if (read == 0)
            {
                throw new InvalidDataException($"The backup is cut short in '{entry.Name}'.");
            }

            hash.AppendData(chunk, 0, read);
            target?.Write(chunk, 0, read);
            done += read;
        }

        return new BackupEntry(entry.Name, done, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    private static BackupManifest Compare(BackupManifest manifest, List<BackupEntry> found)
    {
        for (int i = 0; i < Math.Max(found.Count, manifest.Files.Count); i++)
        {
            BackupEntry? expected = i < manifest.Files.Count ? manifest.Files[i] : null;
            if (i >= found.Count || found[i] != expected)
            {
                throw new InvalidDataException($"The backup is damaged: '{expected?.Name ?? found[i].Name}' is not what was written.");
            }
        }

        return manifest;
    }
}
