namespace Ropeway.Storage.Journaling;

/// <summary>Keeps one journal file from being recycled while it is read. Dispose exactly once.</summary>
internal readonly struct JournalFilePin : IDisposable
{
    private readonly JournalFiles _files;
    private readonly JournalFile _file;

    internal JournalFilePin(JournalFiles files, JournalFile file, long startPosition)
    {
        _files = files;
        _file = file;
        StartPosition = startPosition;
    }

    /// <summary>First position of the file.</summary>
    public long StartPosition { get; }

    /// <summary>End of the file, exclusive. Content is there only below <see cref="Journal.DurablePosition"/>.</summary>
    public long EndPosition => StartPosition + _files.FileBytes;

    /// <summary>Reads at a journal position until the span is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public int ReadAt(long position, Span<byte> bytes)
    {
        int wanted = (int)Math.Min(bytes.Length, EndPosition - position);
        return _file.File.Read(bytes[..wanted], position - StartPosition);
    }

    /// <summary>Lets the system forget what it has of the file in memory, so that the next read comes from the disk. A hint only.</summary>
    public void DropCache() => _file.File.DropCache();

    /// <summary>Lets the file be recycled.</summary>
    public void Dispose() => _files.Unpin(_file);
}
