using Microsoft.Win32.SafeHandles;

namespace Ropeway.Storage.Disk;

/// <summary>The real file system. Stateless; any thread may call it.</summary>
internal sealed class PosixDisk : IDisk
{
    /// <summary>What addresses, positions and lengths of writes past the page cache are multiples of. No disk has larger blocks.</summary>
    public const int PageBytes = 4096;

    private PosixDisk()
    {
    }

    public static PosixDisk Instance { get; } = new();

    /// <inheritdoc/>
    public IDiskFile Create(string path) => new DurableFile(path, Posix.CreateNew(path));

    /// <inheritdoc/>
    public IDiskFile Open(string path, bool writable) => new DurableFile(path, Posix.OpenExisting(path, writable));

    /// <inheritdoc/>
    public bool Exists(string path) => Path.Exists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        var names = new List<string>();
        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            names.Add(Path.GetFileName(path));
        }

        return names;
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Posix.MakeDirectory(path);

    /// <inheritdoc/>
    public void Rename(string from, string to) => Posix.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string path) => Posix.Unlink(path);

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        using SafeFileHandle handle = Posix.OpenExisting(path, writable: false);
        Posix.Sync(handle, path);
    }
}
