using System.Globalization;
using Microsoft.Extensions.Logging;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>The checkpoint files of a store: the newest two generations are kept. Used by one thread at a time.</summary>
internal sealed class CheckpointFiles
{
    private const int KeptCount = 2;

    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly List<(ulong Generation, long StartPosition)> _kept = []; // Oldest first.

    public CheckpointFiles(IDisk disk, string directory)
    {
        _disk = disk;
        _directory = directory;
    }

    public ulong NextGeneration { get; private set; } = 1;

    /// <summary>Generation of the oldest kept checkpoint.</summary>
    public ulong OldestGeneration => _kept[0].Generation;

    /// <summary>Where recovery would start from the oldest kept checkpoint; what lies below is not needed any more.</summary>
    public long OldestStartPosition => _kept[0].StartPosition;

    /// <summary>Where recovery would start from the newest checkpoint.</summary>
    public long NewestStartPosition => _kept[^1].StartPosition;

    /// <summary>Reads what is there, newest first. Changes nothing.</summary>
    /// <param name="logger">Told about damaged ones.</param>
    /// <param name="damaged">Paths of the damaged ones.</param>
    /// <returns>The valid ones, newest first; empty when there is none.</returns>
    /// <exception cref="StoreException">NewerVersion.</exception>
    public List<CheckpointImage> ReadAll(ILogger logger, out List<string> damaged)
    {
        List<CheckpointImage> images = [];
        damaged = [];
        foreach (ulong generation in Generations())
        {
            NextGeneration = Math.Max(NextGeneration, generation + 1);
            if (images.Count == KeptCount)
            {
                break;
            }

            string path = PathOf(generation);
            using IDiskFile file = _disk.Open(path, writable: false);
            byte[] bytes = new byte[file.Bytes];
            int read = file.Read(bytes, 0);
            if (CheckpointCodec.TryRead(bytes.AsSpan(0, read), path, generation) is { } image)
            {
                images.Add(image);
            }
            else
            {
                StorageLog.CheckpointDamaged(logger, path, "its checksum is wrong");
                damaged.Add(path);
            }
        }

        foreach (CheckpointImage image in Enumerable.Reverse(images))
        {
            _kept.Add((image.Generation, image.StartPosition));
        }

        return images;
    }

    /// <summary>Reads the newest checkpoint of a store that goes on taking them. Any thread.</summary>
    /// <returns>False when it was deleted meanwhile, or is damaged.</returns>
    public bool TryReadNewest(out CheckpointImage image, out byte[] file)
    {
        image = new CheckpointImage();
        file = [];
        ulong generation = Generations().FirstOrDefault();
        string path = PathOf(generation);
        try
        {
            using IDiskFile newest = _disk.Open(path, writable: false);
            file = new byte[newest.Bytes];
            if (newest.Read(file, 0) == file.Length && CheckpointCodec.TryRead(file, path, generation) is { } read)
            {
                image = read;
                return true;
            }

            return false;
        }
        catch (IOException) when (!_disk.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Makes the next checkpoint durable; afterwards the third newest is deleted.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="startPosition">Its start position.</param>
    /// <exception cref="IOException">When <see cref="Errno.IsShortage"/> says so it may be tried again; otherwise the store must stop.</exception>
    public void Write(ReadOnlySpan<byte> file, long startPosition)
    {
        string path = PathOf(NextGeneration);
        DurableFiles.Write(_disk, path, file);
        _kept.Add((NextGeneration, startPosition));
        NextGeneration++;
        while (_kept.Count > KeptCount)
        {
            _disk.Delete(PathOf(_kept[0].Generation));
            _kept.RemoveAt(0);
        }
    }

    /// <summary>Deletes generations older than the kept ones: a crash may have left them.</summary>
    public void DeleteOlder()
    {
        foreach (ulong generation in Generations())
        {
            if (_kept.Count > 0 && generation < _kept[0].Generation)
            {
                _disk.Delete(PathOf(generation));
            }
        }
    }

    private List<ulong> Generations()
    {
        List<ulong> generations = [];
        foreach (string name in _disk.List(_directory))
        {
            if (StoreFiles.TryNumber(name, StoreFiles.CheckpointPrefix, out ulong generation))
            {
                generations.Add(generation);
            }
        }

        generations.Sort((a, b) => b.CompareTo(a));
        return generations;
    }

    private string PathOf(ulong generation) =>
        Path.Combine(_directory, StoreFiles.CheckpointPrefix + generation.ToString(CultureInfo.InvariantCulture));
}
