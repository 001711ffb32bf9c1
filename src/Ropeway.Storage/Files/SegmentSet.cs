using System.Collections.Concurrent;
using System.Globalization;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>The segment files of one directory: those that are live, and the next id. Ids are never reused while a checkpoint knows them. Any thread may read it; only the mover adds and removes.</summary>
internal sealed class SegmentSet
{
    private readonly ConcurrentDictionary<uint, Segment> _live = new();
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly string _prefix;
    private readonly ushort _shard;

    /// <param name="disk">The file system.</param>
    /// <param name="directory">Where the files are.</param>
    /// <param name="kind">Segment or Spill.</param>
    /// <param name="shard">Written into the files.</param>
    public SegmentSet(IDisk disk, string directory, RunKind kind, ushort shard)
    {
        _disk = disk;
        _directory = directory;
        _prefix = kind == RunKind.Segment ? StoreFiles.SegmentPrefix : StoreFiles.SpillPrefix;
        _shard = shard;
        Kind = kind;
    }

    public RunKind Kind { get; }

    public uint NextId { get; set; } = 1;

    public ICollection<Segment> Live => _live.Values;

    public int Count => _live.Count;

    public string PathOf(uint id) => Path.Combine(_directory, _prefix + id.ToString(CultureInfo.InvariantCulture));

    public SegmentWriter Create()
    {
        uint id = NextId++;
        return new SegmentWriter(_disk, PathOf(id), id, _shard, isSynced: Kind == RunKind.Segment);
    }

    public void Add(Segment segment) => _live[segment.Id] = segment;

    public bool Remove(Segment segment) => _live.TryRemove(segment.Id, out _);

    public bool TryGet(uint id, out Segment? segment) => _live.TryGetValue(id, out segment);

    /// <returns>False when nothing in the file is alive any more.</returns>
    public bool AddLive(uint id, long count) => !_live.TryGetValue(id, out Segment? segment) || segment.AddLive(count) > 0;

    /// <summary>Opens a file for reading; null when it has been deleted.</summary>
    public IDiskFile? TryOpen(uint id)
    {
        try
        {
            return _disk.Open(PathOf(id), writable: false);
        }
        catch (IOException) when (!_disk.Exists(PathOf(id)))
        {
            return null;
        }
    }
}
