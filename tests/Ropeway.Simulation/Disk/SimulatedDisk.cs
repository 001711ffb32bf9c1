using Ropeway.Simulation.Steps;
using Ropeway.Storage.Disk;

namespace Ropeway.Simulation.Disk;

/// <summary>
/// A file system in memory as cruel as a real one may be: what was not synced is lost, torn or reordered by a power cut; names that
/// were made, changed or removed are durable in their order, at the latest when their directory is synced; a failed sync drops what
/// it was to write. Not thread-safe: simulations have one thread.
/// </summary>
internal class SimulatedDisk(IDiskWatcher watcher) : IDisk
{
    private readonly SortedDictionary<string, SimulatedFile> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedFile> _durableNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _changes = []; // Of names, not durable yet.
    private long _usedBytes;

    /// <summary>Decides about each call.</summary>
    public IDiskWatcher Watcher { get; } = watcher;

    /// <summary>The machine is off: nothing works any more.</summary>
    public bool IsOff { get; private set; }

    /// <summary>Bytes of all files at most.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Bytes of all files.</summary>
    public long UsedBytes => _usedBytes;

    /// <summary>Sectors and names that the power cut lost from which this disk was left.</summary>
    public int LostCount { get; private set; }

    /// <summary>The files.</summary>
    protected IReadOnlyDictionary<string, SimulatedFile> Files => _names;

    public IDiskFile Create(string path)
    {
        Begin(DiskCall.Create, path);
        if (_names.ContainsKey(path))
        {
            throw new IOException($"open of '{path}' failed: it exists.", Errno.Exists);
        }

        Change(new NameChange(path, From: null, new SimulatedFile()));
        Watcher.After(DiskCall.Create, path);
        return new SimulatedHandle(this, _names[path], path);
    }

    public IDiskFile Open(string path, bool writable)
    {
        Begin(DiskCall.Open, path);
        return new SimulatedHandle(this, Find(path), path);
    }

    public bool Exists(string path) => _names.ContainsKey(path);

    public IReadOnlyList<string> List(string directory)
    {
        Begin(DiskCall.List, directory);
        return [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];
    }

    public void CreateDirectory(string path)
    {
        // Directories exist by being named.
    }

    public void Rename(string from, string to)
    {
        Begin(DiskCall.Rename, from);
        Change(new NameChange(to, from, Find(from)));
        Watcher.After(DiskCall.Rename, to);
    }

    public void Delete(string path)
    {
        Begin(DiskCall.Delete, path);
        _ = Find(path);
        Change(new NameChange(path, From: null, File: null));
        Watcher.After(DiskCall.Delete, path);
    }

    public void SyncDirectory(string path)
    {
        Begin(DiskCall.SyncDirectory, path);
        MakeNamesDurable(path);
        Watcher.After(DiskCall.SyncDirectory, path);
    }

    /// <summary>What a power cut leaves, on a disk of its own. This one is off.</summary>
    public SimulatedDisk AfterPowerCut(SeededRandom random)
    {
        IsOff = true;
        SimulatedDisk left = MakeNew();
        int keptChanges = random.Next(3) switch { 0 => 0, 1 => _changes.Count, _ => random.Next(_changes.Count + 1) };
        int lost = _changes.Count - keptChanges;
        foreach (NameChange change in _changes.Take(keptChanges))
        {
            Apply(change, _durableNames);
        }

        foreach ((string name, SimulatedFile file) in _durableNames)
        {
            left.Put(name, file.AfterPowerCut(random, ref lost));
        }

        left.LostCount = lost;
        left.OnPowerCut();
        return left;
    }

    /// <summary>What a killed process leaves: everything, and what was not synced is not synced. This one is off.</summary>
    public SimulatedDisk AfterKill()
    {
        IsOff = true;
        SimulatedDisk left = MakeNew();
        foreach ((string name, SimulatedFile file) in _names)
        {
            left._names.Add(name, file);
        }

        foreach ((string name, SimulatedFile file) in _durableNames)
        {
            left._durableNames.Add(name, file);
        }

        left._changes.AddRange(_changes);
        left._usedBytes = _usedBytes;
        return left;
    }

    internal void Begin(DiskCall call, string path)
    {
        ThrowIfOff();
        Watcher.Before(call, path);
        ThrowIfOff();
    }

    /// <summary>Takes or gives back space.</summary>
    internal void Take(string path, long bytes)
    {
        if (bytes > 0 && _usedBytes + bytes > CapacityBytes)
        {
            Watcher.NoteNoSpace();
            throw new IOException($"'{path}' cannot grow: No space left on device (error 28).", Errno.NoSpace);
        }

        _usedBytes += bytes;
    }

    /// <summary>Writes into a file.</summary>
    internal virtual void Write(SimulatedFile file, string path, ReadOnlySpan<byte> bytes, int position) => file.Write(bytes, position);

    /// <summary>Makes a file's content durable.</summary>
    internal virtual void Sync(SimulatedFile file, string path) => file.Sync();

    /// <summary>Makes the names of a directory durable.</summary>
    protected virtual void MakeNamesDurable(string directory)
    {
        int last = _changes.FindLastIndex(change => change.IsIn(directory));
        foreach (NameChange change in _changes.Take(last + 1)) // Names are journalled in their order.
        {
            Apply(change, _durableNames);
        }

        _changes.RemoveRange(0, last + 1);
    }

    /// <summary>The power came back, on this disk.</summary>
    protected virtual void OnPowerCut()
    {
    }

    /// <summary>An empty disk of the same kind.</summary>
    protected virtual SimulatedDisk MakeNew() => new(Watcher);

    private static void Apply(NameChange change, SortedDictionary<string, SimulatedFile> names)
    {
        if (change.From is not null)
        {
            names.Remove(change.From);
        }

        if (change.File is null)
        {
            names.Remove(change.Path);
        }
        else
        {
            names[change.Path] = change.File;
        }
    }

    private void Change(NameChange change)
    {
        if (_names.TryGetValue(change.Path, out SimulatedFile? replaced))
        {
            _usedBytes -= replaced.Count;
        }

        Apply(change, _names);
        _changes.Add(change);
    }

    private void Put(string name, SimulatedFile file)
    {
        _names[name] = file;
        _durableNames[name] = file;
        _usedBytes += file.Count;
    }

    private SimulatedFile Find(string path) => _names.TryGetValue(path, out SimulatedFile? file)
        ? file
        : throw new IOException($"open of '{path}' failed: no such file.", Errno.NoEntry);

    private void ThrowIfOff()
    {
        if (IsOff)
        {
            throw new PowerOffException();
        }
    }

    /// <summary>A name that was made, changed or removed.</summary>
    /// <param name="Path">The name.</param>
    /// <param name="From">The name it had before; null when it was made or removed.</param>
    /// <param name="File">Null when it was removed.</param>
    private sealed record NameChange(string Path, string? From, SimulatedFile? File)
    {
        public bool IsIn(string directory) =>
            System.IO.Path.GetDirectoryName(Path) == directory || (From is not null && System.IO.Path.GetDirectoryName(From) == directory);
    }
}
