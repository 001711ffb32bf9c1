using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>
/// Segments and bodies that are dead but may still be listed by a kept checkpoint; they are deleted when none lists them.
/// Used by the mover's thread only, but for the hold of a backup.
/// </summary>
internal sealed class RetiredFiles
{
    private readonly IDisk _disk;
    private readonly SegmentSet _segments;
    private readonly BodySet _bodies;
    private readonly List<(uint Id, ulong Generation)> _retiredSegments = [];
    private readonly List<(ulong Id, ulong Generation)> _retiredBodies = [];

    public RetiredFiles(IDisk disk, SegmentSet segments, BodySet bodies)
    {
        _disk = disk;
        _segments = segments;
        _bodies = bodies;
    }

    private volatile bool _isHeld;

    /// <summary>True when there is nothing to delete, or nothing may be.</summary>
    public bool IsEmpty => _isHeld || (_retiredSegments.Count == 0 && _retiredBodies.Count == 0);

    /// <summary>While it is set nothing is deleted: a backup reads the files. Any thread; what a cycle of the mover under way deletes goes still.</summary>
    public bool IsHeld
    {
        get => _isHeld;
        set => _isHeld = value;
    }

    /// <param name="id">The segment.</param>
    /// <param name="generation">The first checkpoint generation that does not list it as live.</param>
    public void AddSegment(uint id, ulong generation) => _retiredSegments.Add((id, generation));

    /// <param name="id">The body.</param>
    /// <param name="generation">The first checkpoint generation that does not list it as live.</param>
    public void AddBody(ulong id, ulong generation) => _retiredBodies.Add((id, generation));

    public void ListIn(CheckpointImage image)
    {
        image.RetiredSegments.AddRange(_retiredSegments.Select(retired => retired.Id));
        image.RetiredBodies.AddRange(_retiredBodies.Select(retired => retired.Id));
    }

    /// <summary>Deletes what no checkpoint from <paramref name="oldestGeneration"/> on lists as live.</summary>
    public void Delete(ulong oldestGeneration)
    {
        if (_isHeld)
        {
            return;
        }

        _retiredSegments.RemoveAll(retired => retired.Generation <= oldestGeneration && TryDelete(_segments.PathOf(retired.Id)));
        _retiredBodies.RemoveAll(retired => retired.Generation <= oldestGeneration && TryDelete(_bodies.PathOf(retired.Id)));
    }

    private bool TryDelete(string path)
    {
        if (_disk.Exists(path))
        {
            _disk.Delete(path);
        }

        return true;
    }
}
