using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>Puts the directory in order after a recovery has succeeded: what a crash left is deleted, what nobody knows goes to quarantine.</summary>
internal sealed class DirectoryCleaner
{
    private readonly StoreSpaces _spaces;
    private readonly RetiredFiles _retired;
    private readonly CheckpointImage _image;
    private readonly HashSet<ulong> _knownSegments;
    private readonly HashSet<ulong> _knownBodies;

    /// <param name="spaces">The recovered store.</param>
    /// <param name="retired">Gets what dies with one of the next checkpoints.</param>
    /// <param name="images">The valid checkpoints, newest first.</param>
    public DirectoryCleaner(StoreSpaces spaces, RetiredFiles retired, IReadOnlyList<CheckpointImage> images)
    {
        _spaces = spaces;
        _retired = retired;
        _image = images[0];
        _knownSegments = [.. images.SelectMany(image => image.Segments.Select(segment => (ulong)segment.Id).Concat(image.RetiredSegments.Select(id => (ulong)id)))];
        _knownBodies = [.. images.SelectMany(image => image.Bodies.Concat(image.RetiredBodies))];
    }

    public void Clean(IReadOnlyList<string> damagedCheckpoints)
    {
        IDisk disk = _spaces.Disk;
        foreach (string name in disk.List(_spaces.Directory))
        {
            if (StoreFiles.TryNumber(name, StoreFiles.SegmentPrefix, out ulong segment))
            {
                CleanSegment(name, segment);
            }
            else if (StoreFiles.TryNumber(name, StoreFiles.BodyPrefix, out ulong body))
            {
                CleanBody(name, body);
            }
            else if (name.EndsWith(StoreFiles.TemporarySuffix, StringComparison.Ordinal))
            {
                disk.Delete(Path.Combine(_spaces.Directory, name));
            }
        }

        foreach (string path in damagedCheckpoints)
        {
            Quarantine(Path.GetFileName(path));
        }

        string transient = Path.Combine(_spaces.Directory, StoreFiles.TransientDirectory);
        foreach (string name in disk.List(transient))
        {
            disk.Delete(Path.Combine(transient, name));
        }

        disk.SyncDirectory(_spaces.Directory);
    }

    private void CleanSegment(string name, ulong id)
    {
        if (id <= uint.MaxValue && _spaces.Segments.TryGet((uint)id, out _))
        {
            return;
        }

        if (id >= _image.NextSegmentId)
        {
            _spaces.Disk.Delete(Path.Combine(_spaces.Directory, name)); // Made after the checkpoint; the journal still has what is in it.
        }
        else if (_knownSegments.Contains(id))
        {
            _retired.AddSegment((uint)id, _image.Generation);
        }
        else
        {
            Quarantine(name);
        }
    }

    private void CleanBody(string name, ulong id)
    {
        _spaces.Bodies.RaiseNextId(id + 1);
        if (_spaces.Bodies.Contains(id))
        {
            return;
        }

        if (id >= _image.NextBodyId || _knownBodies.Contains(id))
        {
            _retired.AddBody(id, _image.Generation + 1); // No record references it.
        }
        else
        {
            Quarantine(name);
        }
    }

    private void Quarantine(string name)
    {
        string path = Path.Combine(_spaces.Directory, name);
        string target = Path.Combine(_spaces.Directory, StoreFiles.QuarantineDirectory, name);
        for (int copy = 1; _spaces.Disk.Exists(target); copy++)
        {
            target = Path.Combine(_spaces.Directory, StoreFiles.QuarantineDirectory, $"{name}.{copy}");
        }

        _spaces.Disk.Rename(path, target);
        _spaces.Disk.SyncDirectory(Path.GetDirectoryName(target)!);
        StorageLog.FileQuarantined(_spaces.Logger, path, target);
    }
}
