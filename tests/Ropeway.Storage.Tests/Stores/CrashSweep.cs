namespace Ropeway.Storage.Tests.Stores;

/// <summary>One run of random operations during which images of the disk are taken.</summary>
internal sealed class CrashSweep
{
    private const int LogCount = 5;

    private readonly SeededRandom _random;
    private readonly SeededRandom _cuts;
    private readonly int _imageCountMax;
    private readonly List<CrashImage> _images = [];
    private readonly Dictionary<(ulong Log, long Offset), SweptRecord> _records = [];
    private StoreRig? _rig;
    private ulong _issuedIndex;
    private int _step;

    public CrashSweep(ulong seed, int imageCountMax)
    {
        _random = new SeededRandom(seed);
        _cuts = new SeededRandom(seed + 1_000_003);
        _imageCountMax = imageCountMax;
    }

    public void Run()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, LogCount);
        _issuedIndex = rig.Store.CommittedIndex;
        _rig = rig;
        rig.Disk.BeforeSync = TakeImage;
        while (_images.Count < _imageCountMax && _step < 40 * _imageCountMax)
        {
            Interlocked.Increment(ref _step);
            Step(rig, logs[_random.Next(logs.Count)]);
        }

        rig.Disk.BeforeSync = null;
        _rig = null;
    }

    /// <summary>Opens every image; returns how many there were.</summary>
    public int CheckImages()
    {
        int nested = 0;
        foreach (CrashImage image in _images)
        {
            nested += CheckCrashedRecoveries(image);
            Check(image, image.Disk);
        }

        Assert.True(nested > 0, "No recovery was cut short.");
        return _images.Count;
    }

    /// <summary>The same once more, each time with a power cut at another sync of the recovery itself.</summary>
    private int CheckCrashedRecoveries(CrashImage image)
    {
        List<MemoryDisk> cuts = [];
        MemoryDisk disk = image.Disk.Copy();
        disk.BeforeSync = _ =>
        {
            lock (_cuts)
            {
                if (cuts.Count < 3 && _cuts.Next(4) == 0)
                {
                    cuts.Add(disk.AfterPowerCut(bytes => _cuts.Next((bytes / 512) + 1) * 512));
                }
            }
        };
        StoreRig.Open(disk).Dispose();
        disk.BeforeSync = null;
        cuts.ForEach(cut => Check(image, cut));
        return cuts.Count;
    }

    private void Check(CrashImage image, MemoryDisk disk)
    {
        using Store store = StoreRig.Open(disk);
        Dictionary<ulong, HashSet<long>> found = store.Logs.ToDictionary(log => log.Id, log => StoreRig.ReadAll(log).ToHashSet());
        Assert.Equal(LogCount, found.Count);
        foreach (((ulong log, long offset), SweptRecord record) in _records)
        {
            bool isThere = found[log].Contains(offset);
            bool mustBeGone = record.SettleIndex <= image.CommittedIndex;
            bool mustBeThere = record.AppendIndex <= image.CommittedIndex && record.SettleStep > image.Step;
            Assert.False(mustBeGone && isThere, $"Offset {offset} of log {log} came back.");
            Assert.False(mustBeThere && !isThere, $"Offset {offset} of log {log} is lost.");
        }

        Assert.All(found, pair => Assert.All(pair.Value, offset => Assert.True(_records.ContainsKey((pair.Key, offset)))));
    }

    private void Step(StoreRig rig, StoredLog log)
    {
        ulong index = 0;
        switch (_random.Next(20))
        {
            case < 11:
                int count = 1 + _random.Next(15);
                int bytes = _random.Next(700);
                long first = log.EndOffset;
                index = StoreRig.Append(log, count, bytes);
                for (int i = 0; i < count; i++)
                {
                    _records[(log.Id, first + i)] = new SweptRecord(index, SettleIndex: null, int.MaxValue);
                }

                break;
            case < 18:
                index = Settle(log);
                break;
            case < 19:
                rig.Commit(_issuedIndex);
                break;
            default:
                rig.Store.Checkpoint();
                break;
        }

        _issuedIndex = Math.Max(_issuedIndex, index);
    }

    private ulong Settle(StoredLog log)
    {
        long start = _random.Chance(80) ? log.StartOffset : _random.Next((int)log.EndOffset + 1);
        long end = Math.Min(log.EndOffset, start + 1 + _random.Next(20));
        ulong index = StoreRig.Settle(log, start, end);
        for (long offset = start; offset < end; offset++)
        {
            if (_records[(log.Id, offset)].SettleIndex is null)
            {
                _records[(log.Id, offset)] = _records[(log.Id, offset)] with { SettleIndex = index, SettleStep = _step };
            }
        }

        return index;
    }

    /// <summary>Runs on the store's threads, before they sync.</summary>
    private void TakeImage(string path)
    {
        lock (_cuts)
        {
            if (_rig is { } rig && _images.Count < _imageCountMax && _cuts.Next(3) == 0)
            {
                ulong committed = rig.Store.CommittedIndex;
                MemoryDisk image = rig.Disk.AfterPowerCut(bytes => _cuts.Next(3) switch { 0 => 0, 1 => bytes, _ => _cuts.Next((bytes / 512) + 1) * 512 });
                _images.Add(new CrashImage(image, committed, Volatile.Read(ref _step)));
            }
        }
    }
}
