using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>An open file of <see cref="MemoryDisk"/>.</summary>
internal sealed class MemoryHandle : IDiskFile
{
    private readonly MemoryDisk _disk;
    private readonly MemoryFile _file;
    private bool _isDisposed;

    public MemoryHandle(MemoryDisk disk, MemoryFile file, string path)
    {
        _disk = disk;
        _file = file;
        Path = path;
    }

    public string Path { get; }

    public long Bytes
    {
        get
        {
            lock (_disk.Gate)
            {
                return _file.Count;
            }
        }
    }

    public void Allocate(long bytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _disk.BeforeWrite?.Invoke(Path);
        lock (_disk.Gate)
        {
            _file.Extend((int)bytes);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _disk.BeforeWrite?.Invoke(Path);
        lock (_disk.Gate)
        {
            _file.Write(bytes, (int)position);
        }
    }

    public int Read(Span<byte> bytes, long position)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_disk.Gate)
        {
            int count = (int)Math.Clamp(_file.Count - position, 0, bytes.Length);
            _file.Visible.Slice(count == 0 ? 0 : (int)position, count).CopyTo(bytes);
            return count;
        }
    }

    public void DataSync() => Sync();

    public void Sync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _disk.BeforeSync?.Invoke(Path);
        lock (_disk.Gate)
        {
            _file.Sync();
        }
    }

    public void Truncate(long bytes) => Allocate(bytes);

    public void Dispose() => _isDisposed = true;
}
