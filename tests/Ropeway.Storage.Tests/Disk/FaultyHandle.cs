using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Tests.Disk;

/// <summary>An open file of <see cref="FaultyDisk"/>.</summary>
internal sealed class FaultyHandle : IDiskFile
{
    private readonly FaultyDisk _disk;
    private readonly FaultyFile _file;
    private bool _isDisposed;

    public FaultyHandle(FaultyDisk disk, FaultyFile file, string path)
    {
        _disk = disk;
        _file = file;
        Path = path;
    }

    public string Path { get; private set; }

    public long Bytes
    {
        get
        {
            lock (_disk.Gate)
            {
                return _file.Visible.Length;
            }
        }
    }

    public void Allocate(long bytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_disk.Gate)
        {
            long more = bytes - _file.Visible.Length;
            if (more > _disk.FreeBytes)
            {
                throw new IOException($"fallocate of '{Path}' failed: No space left on device (error 28).", Errno.NoSpace);
            }

            _disk.FreeBytes -= _disk.FreeBytes == long.MaxValue ? 0 : more;
            byte[] visible = _file.Visible;
            Array.Resize(ref visible, (int)bytes);
            _file.Visible = visible;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _disk.BeforeWrite?.Invoke(Path, position);
        lock (_disk.Gate)
        {
            bytes.CopyTo(_file.Visible.AsSpan((int)position)); // Throws when the journal writes beyond what it allocated.
            if (!_disk.ForgetsWrites)
            {
                _file.Unsynced.Add((position, bytes.ToArray()));
            }
        }
    }

    public int Read(Span<byte> bytes, long position)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_disk.Gate)
        {
            int count = (int)Math.Clamp(_file.Visible.Length - position, 0, bytes.Length);
            _file.Visible.AsSpan((int)position, count).CopyTo(bytes);
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
            _disk.SyncCount++;
            if (_disk.FailingSync > 0 && _disk.SyncCount >= _disk.FailingSync)
            {
                throw new IOException($"fdatasync of '{Path}' failed: Input/output error (error 5).", Errno.InputOutput);
            }

            if (!_disk.ForgetsWrites)
            {
                _file.MakeDurable();
            }
        }
    }

    public void Truncate(long bytes) => Allocate(bytes);

    public void NoteRename(string path) => Path = path;

    public void Dispose() => _isDisposed = true;
}
