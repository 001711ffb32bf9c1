using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>A file system in memory from which a test takes the image that a kill or a power cut leaves. Thread-safe.</summary>
internal sealed class MemoryDisk : IDisk
{
    private readonly Dictionary<string, MemoryFile> _names = [];
    private readonly Dictionary<string, MemoryFile> _durableNames = [];

    public Lock Gate { get; } = new();

    /// <summary>Runs before each write of a file, without locks; may throw.</summary>
    public Action<string>? BeforeWrite { get; set; }

    /// <summary>Runs before each sync of a file, without locks; may throw.</summary>
    public Action<string>? BeforeSync { get; set; }

    public IDiskFile Create(string path)
    {
        lock (Gate)
        {
            if (_names.ContainsKey(path))
            {
                throw new IOException($"open of '{path}' failed: it exists.", Errno.Exists);
            }

            return new MemoryHandle(this, _names[path] = new MemoryFile(), path);
        }
    }

    public IDiskFile Open(string path, bool writable) => new MemoryHandle(this, Find(path), path);

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
            return [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
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
            MemoryFile file = Find(from);
            _names.Remove(from);
            _names[to] = file;
        }
    }

    public void Delete(string path)
    {
        lock (Gate)
        {
            if (!_names.Remove(path))
            {
                throw new IOException($"unlink of '{path}' failed: no such file.", Errno.NoEntry);
            }
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

            foreach ((string name, MemoryFile file) in _names.Where(pair => Path.GetDirectoryName(pair.Key) == path))
            {
                _durableNames[name] = file;
            }
        }
    }

    /// <summary>What a killed process leaves: everything that was written.</summary>
    public MemoryDisk Copy() => Image(_names, file => file.Copy());

    /// <summary>What a power cut leaves: synced names, synced bytes, and of each unsynced write as many bytes as the function keeps.</summary>
    public MemoryDisk AfterPowerCut(Func<int, int> keptBytes) => Image(_durableNames, file => file.AfterPowerCut(keptBytes));

    /// <summary>Changes one byte of a file, visible and durable.</summary>
    public void Flip(string path, long position) => Edit(path, bytes => bytes[(int)position] ^= 0x40);

    /// <summary>Changes one byte of a file as the disk does by itself: also for those who have it open.</summary>
    public void Rot(string path, long position)
    {
        lock (Gate)
        {
            Find(path).Visible[(int)position] ^= 0x40;
        }
    }

    /// <summary>Replaces a file by a changed one; who has it open keeps the old one.</summary>
    public void Edit(string path, Action<byte[]> change)
    {
        lock (Gate)
        {
            byte[] bytes = Find(path).Visible.ToArray();
            change(bytes);
            MemoryFile changed = new();
            changed.Write(bytes, 0);
            changed.Sync();
            _names[path] = changed;
            _durableNames[path] = changed;
        }
    }

    public byte[] Content(string path)
    {
        lock (Gate)
        {
            return Find(path).Visible.ToArray();
        }
    }

    /// <summary>All files with their bytes, to see whether anything changed.</summary>
    public SortedDictionary<string, byte[]> Everything()
    {
        lock (Gate)
        {
            return new(_names.ToDictionary(pair => pair.Key, pair => pair.Value.Visible.ToArray()), StringComparer.Ordinal);
        }
    }

    public long BytesOf(string prefix)
    {
        lock (Gate)
        {
            return _names.Where(pair => Path.GetFileName(pair.Key).StartsWith(prefix, StringComparison.Ordinal)).Sum(pair => (long)pair.Value.Count);
        }
    }

    private MemoryDisk Image(Dictionary<string, MemoryFile> names, Func<MemoryFile, MemoryFile> copy)
    {
        MemoryDisk image = new();
        lock (Gate)
        {
            foreach ((string name, MemoryFile file) in names.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                MemoryFile left = copy(file);
                image._names[name] = left;
                image._durableNames[name] = left;
            }
        }

        return image;
    }

    private MemoryFile Find(string path)
    {
        lock (Gate)
        {
            return _names.TryGetValue(path, out MemoryFile? file)
                ? file
                : throw new IOException($"open of '{path}' failed: no such file.", Errno.NoEntry);
        }
    }
}
