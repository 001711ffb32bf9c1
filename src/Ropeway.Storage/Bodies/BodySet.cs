using System.Globalization;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>The external bodies and who references them. Any thread may call it; its lock comes after a log's gate and covers memory work only.</summary>
internal sealed class BodySet
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, BodyUse> _bodies = [];
    private readonly IDisk _disk;
    private readonly string _directory;
    private ulong _nextId = 1;
    private int _deadCount;

    public BodySet(IDisk disk, string directory)
    {
        _disk = disk;
        _directory = directory;
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _bodies.Count;
            }
        }
    }

    public bool HasDead
    {
        get
        {
            lock (_gate)
            {
                return _deadCount > 0;
            }
        }
    }

    public string PathOf(ulong id) => Path.Combine(_directory, StoreFiles.BodyPrefix + id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Gives an id to a body that is about to be written; its writer holds it until <see cref="Release"/>.</summary>
    public ulong Claim()
    {
        lock (_gate)
        {
            _bodies[_nextId] = new BodyUse(0, IsClaimed: true);
            return _nextId++;
        }
    }

    /// <summary>Ids below were given before. At recovery only.</summary>
    public void RaiseNextId(ulong id)
    {
        lock (_gate)
        {
            _nextId = Math.Max(_nextId, id);
        }
    }

    public void Release(ulong id)
    {
        lock (_gate)
        {
            if (_bodies.TryGetValue(id, out BodyUse use))
            {
                Set(id, use, use with { IsClaimed = false });
            }
        }
    }

    /// <exception cref="InvalidOperationException">No such body, or nobody holds it any more.</exception>
    public void AddReference(ulong id)
    {
        lock (_gate)
        {
            if (!_bodies.TryGetValue(id, out BodyUse use) || use.IsDead)
            {
                throw new InvalidOperationException($"Body {id} is not there.");
            }

            _bodies[id] = use with { References = use.References + 1 };
        }
    }

    /// <summary>A record that references a body was found. At recovery only.</summary>
    public void RecoverReference(ulong id)
    {
        lock (_gate)
        {
            if (_bodies.TryGetValue(id, out BodyUse use))
            {
                _deadCount -= use.IsDead ? 1 : 0;
            }

            _bodies[id] = use with { References = use.References + 1 };
        }
    }

    /// <returns>True when nobody needs the body any more.</returns>
    public bool RemoveReference(ulong id)
    {
        lock (_gate)
        {
            return _bodies.TryGetValue(id, out BodyUse use) && Set(id, use, use with { References = use.References - 1 });
        }
    }

    /// <summary>Removes the bodies that nobody needs and returns their ids, sorted.</summary>
    public List<ulong> TakeDead()
    {
        List<ulong> dead = [];
        lock (_gate)
        {
            if (_deadCount == 0)
            {
                return dead;
            }

            _deadCount = 0;
            foreach ((ulong id, BodyUse use) in _bodies)
            {
                if (use.IsDead)
                {
                    dead.Add(id);
                }
            }

            foreach (ulong id in dead)
            {
                _bodies.Remove(id);
            }
        }

        dead.Sort();
        return dead;
    }

    /// <summary>Lists all bodies.</summary>
    /// <returns>The next id to be given, of the same moment.</returns>
    public ulong Capture(List<ulong> ids)
    {
        lock (_gate)
        {
            ids.AddRange(_bodies.Keys);
            return _nextId;
        }
    }

    public bool Contains(ulong id)
    {
        lock (_gate)
        {
            return _bodies.ContainsKey(id);
        }
    }

    /// <summary>Reads a body.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="fault">Why it could not be read, when the answer is null.</param>
    public NativeBlock? TryRead(ulong id, out string? fault)
    {
        string path = PathOf(id);
        try
        {
            using IDiskFile file = _disk.Open(path, writable: false);
            NativeBlock? body = BodyFile.TryRead(file, id);
            fault = body is null ? $"{path} is damaged" : null;
            return body;
        }
        catch (IOException cause)
        {
            fault = cause.Message;
            return null;
        }
    }

    /// <summary>Tests a whole body.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="beforeRead">Called before each read with its bytes; may wait.</param>
    /// <returns>The first damage, in words too; null when there is none.</returns>
    public (long Position, long Bytes, string Text)? FindDamage(ulong id, Action<int> beforeRead)
    {
        string path = PathOf(id);
        try
        {
            using IDiskFile file = _disk.Open(path, writable: false);
            file.DropCache(); // The disk is to be tested, not the memory.
            return BodyFile.FindDamage(file, id, beforeRead) is { } damage ? (damage.Position, damage.Bytes, $"{path} is damaged") : null;
        }
        catch (IOException fault)
        {
            return (0, 0, fault.Message.TrimEnd('.'));
        }
    }

    /// <summary>Length of a body's file in bytes; 0 when it is not there: then reading it says so.</summary>
    public long BytesOf(ulong id)
    {
        try
        {
            using IDiskFile file = _disk.Open(PathOf(id), writable: false);
            return file.Bytes;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private bool Set(ulong id, BodyUse before, BodyUse after)
    {
        _bodies[id] = after;
        bool hasDied = after.IsDead && !before.IsDead;
        _deadCount += hasDied ? 1 : 0;
        return hasDied;
    }
}
