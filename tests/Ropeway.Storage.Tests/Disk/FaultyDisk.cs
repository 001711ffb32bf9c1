using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Tests.Disk;

/// <summary>
/// A file system in memory that remembers which writes were synced, so that a test can take the image that a power cut would leave.
/// Syncs and allocations can be made to fail or to wait. Thread-safe.
/// </summary>
internal sealed class FaultyDisk : IDisk
{
    private readonly Dictionary<string, FaultyFile> _names = [];
    private readonly Dictionary<string, FaultyFile> _durableNames = [];

    public Lock Gate { get; } = new();

    /// <summary>Syncs of files so far.</summary>
    public int SyncCount { get; set; }

    /// <summary>The sync with this number (from 1) and all later ones fail with EIO; 0: none.</summary>
    public int FailingSync { get; set; }

    /// <summary>Bytes that may still be allocated before ENOSPC.</summary>
    public long FreeBytes { get; set; } = long.MaxValue;

    /// <summary>True: unsynced writes are not remembered and writing allocates nothing.</summary>
    public bool ForgetsWrites { get; init; }

    /// <summary>Runs before each sync of a file, without locks; may block or throw.</summary>
    public Action<string>? BeforeSync { get; set; }

    /// <summary>Runs before each write, without locks; may throw.</summary>
    public Action<string, long>? BeforeWrite { get; set; }

    public IDiskFile Create(string path)
    {
        lock (Gate)
        {
            if (_names.ContainsKey(path))
            {
                throw new IOException($"open of '{path}' failed: it exists.", Errno.Exists);
            }

            return new FaultyHandle(this, _names[path] = new FaultyFile(), path);
        }
    }

    public IDiskFile Open(string path, bool writable) => new FaultyHandle(this, Find(path), path);

    public bool Exists(string path)
    {
        lock (Gate)
        {
            return _names.ContainsKey(path);
        }
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (Gate)
        {
            return [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];
        }
    }

    public void CreateDirectory(string path)
    {
        // Directories exist by being named.
    }

    public void Rename(string from, string to)
    {
        lock (Gate)
        {
            FaultyFile file = _names[from];
            _names.Remove(from);
            _names[to] = file;
        }
    }

    public void Delete(string path)
    {
        lock (Gate)
        {
            FreeBytes += FreeBytes == long.MaxValue ? 0 : _names[path].Visible.Length;
            _names.Remove(path);
        }
    }

    public void SyncDirectory(string path)
    {
        lock (Gate)
        {
            foreach (string name in _durableNames.Keys.Where(name => Path.GetDirectoryName(name) == path && !_names.ContainsKey(name)).ToList())
            {
                _durableNames.Remove(name);
            }

            foreach ((string name, FaultyFile file) in _names.Where(pair => Path.GetDirectoryName(pair.Key) == path))
            {
                _durableNames[name] = file;
            }
        }
    }

    /// <summary>What a power cut leaves: synced names, synced bytes, and of each unsynced write the bytes that the function keeps.</summary>
    /// <param name="keptBytes">Gets the number of the unsynced write (in order over all files) and its length; answers how many of its first bytes survive.</param>
    public FaultyDisk AfterPowerCut(Func<int, int, int> keptBytes)
    {
        var image = new FaultyDisk();
        lock (Gate)
        {
            int write = 0;
            foreach ((string name, FaultyFile file) in _durableNames.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                var copy = new FaultyFile { Visible = [.. file.Durable] };
                foreach ((long position, byte[] bytes) in file.Unsynced)
                {
                    int kept = keptBytes(write++, bytes.Length);
                    bytes.AsSpan(0, kept).CopyTo(copy.Visible.AsSpan((int)position));
                }

                copy.MakeDurable();
                image._names[name] = copy;
                image._durableNames[name] = copy;
            }
        }

        return image;
    }

    /// <summary>A copy in which everything visible is durable: what a killed process leaves.</summary>
    public FaultyDisk Copy()
    {
        var image = new FaultyDisk();
        lock (Gate)
        {
            foreach ((string name, FaultyFile file) in _names)
            {
                var copy = new FaultyFile { Visible = [.. file.Visible] };
                copy.MakeDurable();
                image._names[name] = copy;
                image._durableNames[name] = copy;
            }
        }

        return image;
    }

    /// <summary>The visible bytes of a file, to be read or damaged in place.</summary>
    public byte[] Content(string path) => Find(path).Visible;

    private FaultyFile Find(string path)
    {
        lock (Gate)
        {
            return _names.TryGetValue(path, out FaultyFile? file)
                ? file
                : throw new IOException($"open of '{path}' failed: no such file.", Errno.NoEntry);
        }
    }
}
