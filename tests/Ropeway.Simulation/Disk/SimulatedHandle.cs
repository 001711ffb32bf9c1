using Ropeway.Storage.Disk;

namespace Ropeway.Simulation.Disk;

/// <summary>An open file of a <see cref="SimulatedDisk"/>. It stays what it is when the file is renamed or deleted.</summary>
internal sealed class SimulatedHandle(SimulatedDisk disk, SimulatedFile file, string path) : IDiskFile
{
    private bool _isDisposed;

    public string Path { get; private set; } = path;

    public long Bytes => file.Count;

    public void Allocate(long bytes)
    {
        Begin(DiskCall.Allocate);
        if (bytes > file.Count)
        {
            disk.Take(Path, bytes - file.Count);
            file.Resize((int)bytes);
        }

        disk.Watcher.After(DiskCall.Allocate, Path);
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        Begin(DiskCall.Write);
        disk.Take(Path, Math.Max(0, position + bytes.Length - file.Count));
        disk.Write(file, Path, bytes, (int)position);
        disk.Watcher.After(DiskCall.Write, Path);
    }

    public int Read(Span<byte> bytes, long position)
    {
        Begin(DiskCall.Read);
        int count = (int)Math.Clamp(file.Count - position, 0, bytes.Length);
        file.Visible.Slice(count == 0 ? 0 : (int)position, count).CopyTo(bytes);
        disk.Watcher.After(DiskCall.Read, Path);
        return count;
    }

    public void DataSync() => Sync();

    public void Sync()
    {
        try
        {
            Begin(DiskCall.Sync);
        }
        catch (IOException) when (!disk.IsOff)
        {
            file.FailSync();
            throw;
        }

        disk.Sync(file, Path);
        disk.Watcher.After(DiskCall.Sync, Path);
    }

    public void Truncate(long bytes)
    {
        Begin(DiskCall.Allocate);
        disk.Take(Path, bytes - file.Count);
        file.Resize((int)bytes);
    }

    public void NoteRename(string path) => Path = path;

    public void Dispose() => _isDisposed = true;

    private void Begin(DiskCall call)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        disk.Begin(call, Path);
    }
}
