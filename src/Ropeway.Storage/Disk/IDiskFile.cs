namespace Ropeway.Storage.Disk;

/// <summary>One open file. Reads and writes at positions may run on several threads; the last user disposes it.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>The name that errors mention.</summary>
    string Path { get; }

    /// <summary>The file's length in bytes.</summary>
    long Bytes { get; }

    /// <summary>Gives the file at least this length with space reserved on the disk; new bytes read as zero.</summary>
    void Allocate(long bytes);

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="position"/>.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>
    /// Writes all of <paramref name="bytes"/> and returns when they are durable; says nothing about bytes that were written in another way.
    /// On the real file system it goes past the page cache, and does not wait for what other files have to write. After a failure the file must not be trusted.
    /// </summary>
    /// <param name="bytes">Address and length are multiples of <see cref="PosixDisk.PageBytes"/>.</param>
    /// <param name="position">A multiple of <see cref="PosixDisk.PageBytes"/>.</param>
    void WriteThrough(ReadOnlySpan<byte> bytes, long position)
    {
        Write(bytes, position);
        DataSync();
    }

    /// <summary>Reads at <paramref name="position"/> until the span is full or the file ends.</summary>
    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> bytes, long position);

    /// <summary>Makes content and length durable (fdatasync). After a failure the file must not be trusted: never repeat it.</summary>
    void DataSync();

    /// <summary>Makes content and all attributes durable (fsync). After a failure never repeat it.</summary>
    void Sync();

    /// <summary>Cuts or extends the file.</summary>
    void Truncate(long bytes);

    /// <summary>Lets the system forget what it has of the file in memory, so that the next read comes from the disk. A hint only.</summary>
    void DropCache()
    {
    }

    /// <summary>Tells an open file that it was renamed, so that errors mention its new name.</summary>
    void NoteRename(string path)
    {
    }
}
