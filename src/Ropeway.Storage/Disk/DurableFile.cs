using Microsoft.Win32.SafeHandles;

namespace Ropeway.Storage.Disk;

/// <summary>A file of the store on the real file system. Reads and writes may run on several threads; disposed by its owner when nobody uses it.</summary>
internal sealed class DurableFile : IDiskFile
{
    private readonly SafeFileHandle _handle;
    private SafeFileHandle? _through; // Opened when it is first needed.
    private bool _isThroughRefused;

    internal DurableFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
    }

    /// <inheritdoc/>
    public string Path { get; private set; }

    /// <inheritdoc/>
    public long Bytes => Posix.Length(_handle, Path);

    /// <inheritdoc/>
    public void Allocate(long bytes) => Posix.Allocate(_handle, bytes, Path);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, long position) => Posix.WriteAt(_handle, bytes, position, Path);

    /// <inheritdoc/>
    /// <remarks>One thread at a time. Where the file system has no such writes, it writes and syncs as usual.</remarks>
    public void WriteThrough(ReadOnlySpan<byte> bytes, long position)
    {
        if (!_isThroughRefused)
        {
            _through ??= Posix.TryOpenThrough(Path);
            if (_through is not null && Posix.TryWriteThrough(_through, bytes, position, Path))
            {
                return;
            }

            _isThroughRefused = true;
        }

        Write(bytes, position);
        DataSync();
    }

    /// <inheritdoc/>
    public int Read(Span<byte> bytes, long position) => Posix.ReadAt(_handle, bytes, position, Path);

    /// <inheritdoc/>
    public void DataSync() => Posix.DataSync(_handle, Path);

    /// <inheritdoc/>
    public void Sync() => Posix.Sync(_handle, Path);

    /// <inheritdoc/>
    public void Truncate(long bytes) => Posix.Truncate(_handle, bytes, Path);

    /// <inheritdoc/>
    public void DropCache() => Posix.DropCache(_handle);

    /// <inheritdoc/>
    public void NoteRename(string path) => Path = path;

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        _through?.Dispose();
    }
}
