namespace Ropeway.Storage.Tests.Stores;

/// <summary>One run of random operations during which images of the disk are taken.</summary>
internal sealed class CrashSweep
{
    private const int LogCount = 5;
    private const int StepsBetweenImages = 40; // How often the store syncs depends on the machine's load.

    private readonly SeededRandom _random;
    private readonly SeededRandom _cuts;
    private readonly int _imageCountMax;
    private readonly List<CrashImage> _images = [];
    private readonly Dictionary<(ulong Log, long Offset), SweptRecord> _records = [];
    private readonly List<SweptUnit> _units = [];
    private readonly SweptValues _marks = new("The mark");
    private readonly SweptValues _kept = new("Whether kept");
    private SweptUnit? _open;
    private StoreRig? _rig;
    private ulong _issuedIndex;
    private int _step;
    private int _imageStep;
    private int _cutRecoveries;

    public CrashSweep(ulong seed, int imageCountMax)
    {
        _random = new SeededRandom(seed);
        _cuts = new SeededRandom(seed + 1_000_003);
        _imageCountMax = imageCountMax;
    }

    /// <summary>What occurred: units that ended after they had appended or kept records, a unit that never ended after it had settled some, recoveries that were cut short.</summary>
    public IEnumerable<string> Occurrences()
    {
        IEnumerable<string> units = _units.SelectMany(unit => (string[])(unit.Step < int.MaxValue
            ? [unit.Appended.Count > 0 ? "unit appended" : string.Empty, unit.Kept.Count > 0 ? "unit kept" : string.Empty]
            : [unit.Settled.Count > 0 ? "unit settled, never ended" : string.Empty]));
        return units.Append(_cutRecoveries > 0 ? "recovery cut short" : string.Empty).Where(name => name.Length > 0).Distinct();
    }

    public void Run()
    {
        using StoreRig rig = new();
        List<StoredLog> logs = ReclaimTests.CreateLogs(rig, LogCount);
        _issuedIndex = rig.Store.CommittedIndex;
        _rig = rig;
        rig.Disk.BeforeSync = TakeImage;
        while (_images.Count < _imageCountMax && _step < 2 * StepsBetweenImages * _imageCountMax)
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
        foreach (CrashImage image in _images)
        {
            _cutRecoveries += CheckCrashedRecoveries(image);
            Check(image, image.Disk);
        }

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
        Dictionary<ulong, HashSet<long>> kept = store.Logs.ToDictionary(log => log.Id, log => StoreRig.KeptIn(log).ToHashSet());
        Dictionary<ulong, HashSet<long>> found = store.Logs.ToDictionary(log => log.Id, log => StoreRig.ReadAll(log).Concat(kept[log.Id]).ToHashSet());
        Assert.Equal(LogCount, found.Count);
        foreach (((ulong log, long offset), SweptRecord record) in _records)
        {
            bool isThere = found[log].Contains(offset);
            bool mustBeGone = record.SettleIndex <= image.CommittedIndex;
            bool mustBeThere = record.AppendIndex <= image.CommittedIndex && record.SettleStep > image.Step;
            Assert.False(mustBeGone && isThere, $"Offset {offset} of log {log} came back.");
            Assert.False(mustBeThere && !isThere, $"Offset {offset} of log {log} is lost.");
        }

        foreach (StoredLog log in store.Logs)
        {
            Assert.All(log.Marks, mark => Assert.Contains(mark.Offset, found[log.Id].Except(kept[log.Id])));
            Assert.Equal(log.MarkCount, log.Marks.Count());
            foreach (long offset in found[log.Id])
            {
                log.TryGetMark(offset, out ulong mark);
                _marks.Check((log.Id, offset), mark, image);
                _kept.Check((log.Id, offset), kept[log.Id].Contains(offset) ? 1u : 0u, image);
            }
        }

        foreach (SweptUnit unit in _units)
        {
            bool isMarkThere = unit.Marked.Any(marked => marked.Mark.Value > 0
                && store.TryGetLog(marked.Log, out StoredLog? log) && log.TryGetMark(marked.Mark.Offset, out ulong value) && value == marked.Mark.Value);
            List<bool> signs = [.. Signs(unit, found, image).Concat(KeptSigns(unit, found, kept)).Concat(isMarkThere ? [true] : []).Distinct()];
            Assert.True(signs.Count < 2, $"Half of a unit: {unit.Appended.Count} appended, {unit.Settled.Count} settled.");
            Assert.False(signs.Contains(true) && unit.Step > image.Step, "A unit counts that had not ended.");
            Assert.False(signs.Contains(false) && unit.Index <= image.CommittedIndex, "A unit is lost.");
        }

        Assert.All(found, pair => Assert.All(pair.Value, offset => Assert.True(_records.ContainsKey((pair.Key, offset)))));
    }

    /// <summary>For each record that shows it: whether the unit counts in an image.</summary>
    private IEnumerable<bool> Signs(SweptUnit unit, Dictionary<ulong, HashSet<long>> found, CrashImage image)
    {
        foreach ((ulong Log, long Offset) record in unit.Appended.Where(record => _records[record].SettleStep > image.Step))
        {
            yield return found[record.Log].Contains(record.Offset);
        }

        foreach ((ulong Log, long Offset) record in unit.Settled)
        {
            SweptRecord known = _records[record];
            bool isThere = found[record.Log].Contains(record.Offset);
            bool isSettledByOther = known.SettleIndex != unit.Index && known.SettleStep <= image.Step;
            if (isThere || (known.AppendIndex <= image.CommittedIndex && !isSettledByOther))
            {
                yield return !isThere;
            }
        }
    }

    /// <summary>The same for each record that the unit kept and whose keeping nothing else changed.</summary>
    private IEnumerable<bool> KeptSigns(SweptUnit unit, Dictionary<ulong, HashSet<long>> found, Dictionary<ulong, HashSet<long>> kept) =>
        unit.Kept
            .Where(record => found[record.Log].Contains(record.Offset) && _kept.CountOf(record) == (unit.Step == int.MaxValue ? 0 : 1))
            .Select(record => kept[record.Log].Contains(record.Offset));

    private void Step(StoreRig rig, StoredLog log)
    {
        ulong index = 0;
        switch (_random.Next(42))
        {
            case < 8:
                index = Append(log, unit: null);
                break;
            case < 11:
                index = AppendShared(rig, unit: null);
                break;
            case < 14:
                Append(log, _open ??= Begin(rig));
                break;
            case < 15:
                AppendShared(rig, _open ??= Begin(rig));
                break;
            case < 18:
                SettleInUnit(log, _open ??= Begin(rig));
                break;
            case < 20:
                index = EndUnit();
                break;
            case < 27:
                index = Settle(log);
                break;
            case < 30:
                index = Mark(log, unit: null);
                break;
            case < 32:
                Mark(log, _open ??= Begin(rig));
                break;
            case < 34:
                index = Keep(log, unit: null);
                break;
            case < 36:
                Keep(log, _open ??= Begin(rig));
                break;
            case < 38:
                index = Revive(log);
                break;
            case < 41:
                rig.Commit(_issuedIndex);
                break;
            default:
                rig.Store.Checkpoint();
                break;
        }

        _issuedIndex = Math.Max(_issuedIndex, index);
    }

    private ulong Append(StoredLog log, SweptUnit? unit)
    {
        int count = 1 + _random.Next(15);
        ulong index = StoreRig.Append(log, count, _random.Next(700), unit: unit?.Unit);
        NoteAppended(log, count, index, unit);
        return index;
    }

    private ulong AppendShared(StoreRig rig, SweptUnit? unit)
    {
        List<StoredLog> logs = [.. rig.Store.Logs.OrderBy(log => log.Id).Skip(_random.Next(LogCount)).Take(3)];
        int count = 1 + _random.Next(6);
        ulong index = SharedRecords.Append(logs, count, _random.Next(2000), _step, unit: unit?.Unit);
        logs.ForEach(log => NoteAppended(log, count, index, unit));
        return index;
    }

    private void NoteAppended(StoredLog log, int count, ulong index, SweptUnit? unit)
    {
        for (long offset = log.EndOffset - count; offset < log.EndOffset; offset++)
        {
            _records[(log.Id, offset)] = new SweptRecord(unit is null ? index : SweptRecord.Never, SettleIndex: null, int.MaxValue);
            unit?.Appended.Add((log.Id, offset));
        }
    }

    private SweptUnit Begin(StoreRig rig)
    {
        _units.Add(new SweptUnit { Unit = rig.Store.BeginUnit() });
        return _units[^1];
    }

    private void SettleInUnit(StoredLog log, SweptUnit unit)
    {
        (long start, long end) = ChooseRange(log);
        StoreRig.Settle(log, start, end, unit.Unit);
        for (long offset = start; offset < end; offset++)
        {
            if (unit.Appended.Remove((log.Id, offset)))
            {
                unit.Consumed.Add((log.Id, offset));
            }
            else if (_records[(log.Id, offset)].SettleIndex is null)
            {
                unit.Settled.Add((log.Id, offset));
            }
        }
    }

    /// <summary>Marks a few offsets, settled ones among them, each with another value.</summary>
    private ulong Mark(StoredLog log, SweptUnit? unit)
    {
        (long start, long end) = ChooseRange(log);
        if (unit is null && BelongsToOpenUnit(log, start, end))
        {
            return 0;
        }

        List<OffsetMark> marks = [];
        for (long offset = start; offset < end && unit?.Kept.Contains((log.Id, offset)) != true; offset++)
        {
            marks.Add(new OffsetMark(offset, _random.Chance(20) ? 0 : ((ulong)_step << 32) + (ulong)offset + 1));
        }

        ulong index = StoreRig.Mark(log, unit?.Unit, [.. marks]);
        if (unit is null)
        {
            marks.ForEach(mark => NoteMark(log.Id, mark, index));
        }
        else
        {
            unit.Marked.AddRange(marks.Select(mark => (log.Id, mark)));
        }

        return index;
    }

    /// <summary>Keeps a few offsets, settled ones among them, but none that the open unit changes, and in a unit none that are kept already.</summary>
    private ulong Keep(StoredLog log, SweptUnit? unit)
    {
        (long start, long end) = ChooseRange(log);
        if (BelongsToOpenUnit(log, start, end) || (unit is not null && StoreRig.KeptIn(log).Any(offset => offset >= start && offset < end)))
        {
            return 0;
        }

        ulong index = StoreRig.Keep(log, start, end, unit?.Unit);
        List<(ulong Log, long Offset)> records = [.. Enumerable.Range((int)start, (int)(end - start)).Select(offset => (log.Id, (long)offset))];
        if (unit is null)
        {
            records.ForEach(record => NoteKept(record, index));
        }
        else
        {
            unit.Kept.AddRange(records.Where(record => _records[record].SettleIndex is null));
        }

        return index;
    }

    /// <summary>Whether the open unit marks or keeps one of the offsets: they are its own until it ends.</summary>
    private bool BelongsToOpenUnit(StoredLog log, long start, long end) =>
        _open is not null && _open.Marked.Select(marked => (marked.Log, marked.Mark.Offset)).Concat(_open.Kept).Any(record => record.Log == log.Id && record.Offset >= start && record.Offset < end);

    private void NoteKept((ulong Log, long Offset) record, ulong index)
    {
        if (_records[record].SettleIndex is null)
        {
            _kept.Note(record, 1, index, _step);
            _marks.Note(record, 0, index, _step);
        }
    }

    private ulong Revive(StoredLog log)
    {
        long start = StoreRig.KeptIn(log).FirstOrDefault() + _random.Next(10);
        long end = start + _random.Next(30);
        if (BelongsToOpenUnit(log, start, end))
        {
            return 0;
        }

        ulong index = StoreRig.Revive(log, start, end);
        for (long offset = start; offset < Math.Min(end, log.EndOffset); offset++)
        {
            if (_kept.LastOf((log.Id, offset)) == 1 && _records[(log.Id, offset)].SettleIndex is null)
            {
                _kept.Note((log.Id, offset), 0, index, _step);
            }
        }

        return index;
    }

    /// <summary>A mark took effect, unless its record is settled or kept.</summary>
    private void NoteMark(ulong log, OffsetMark mark, ulong index)
    {
        if (_records[(log, mark.Offset)].SettleIndex is null && _kept.LastOf((log, mark.Offset)) == 0)
        {
            _marks.Note((log, mark.Offset), mark.Value, index, _step);
        }
    }

    private ulong EndUnit()
    {
        if (_open is not { } ended)
        {
            return 0;
        }

        _open = null;
        if (_random.Chance(25))
        {
            ended.Unit.Dispose();
            ended.Appended.Concat(ended.Consumed).ToList().ForEach(record => _records[record] = _records[record] with { SettleIndex = _records[record].SettleIndex ?? SweptRecord.Never });
            return 0;
        }

        ended.Index = ended.Unit.Complete();
        ended.Step = _step;
        ended.Appended.Concat(ended.Consumed).ToList().ForEach(record => _records[record] = _records[record] with { AppendIndex = ended.Index });
        ended.Marked.ForEach(marked => NoteMark(marked.Log, marked.Mark, ended.Index));
        ended.Kept.RemoveAll(record => _records[record].SettleIndex is not null); // By others meanwhile.
        ended.Kept.ForEach(record => NoteKept(record, ended.Index));
        ended.Settled.Concat(ended.Consumed).ToList().ForEach(record => MarkSettled(record, ended.Index));
        return ended.Index;
    }

    private (long Start, long End) ChooseRange(StoredLog log)
    {
        long start = _random.Chance(80) ? log.StartOffset : _random.Next((int)log.EndOffset + 1);
        return (start, Math.Min(log.EndOffset, start + 1 + _random.Next(20)));
    }

    private ulong Settle(StoredLog log)
    {
        (long start, long end) = ChooseRange(log);
        ulong index = StoreRig.Settle(log, start, end);
        for (long offset = start; offset < end; offset++)
        {
            MarkSettled((log.Id, offset), index);
        }

        return index;
    }

    private void MarkSettled((ulong Log, long Offset) record, ulong index)
    {
        if (_records[record].SettleIndex is null)
        {
            _records[record] = _records[record] with { SettleIndex = index, SettleStep = _step };
        }
    }

    /// <summary>Runs on the store's threads, before they sync.</summary>
    private void TakeImage(string path)
    {
        lock (_cuts)
        {
            bool isDue = _cuts.Next(8) == 0 || Volatile.Read(ref _step) - _imageStep >= StepsBetweenImages;
            if (_rig is { } rig && _images.Count < _imageCountMax && isDue)
            {
                ulong committed = rig.Store.CommittedIndex;
                MemoryDisk image = rig.Disk.AfterPowerCut(bytes => _cuts.Next(3) switch { 0 => 0, 1 => bytes, _ => _cuts.Next((bytes / 512) + 1) * 512 });
                _imageStep = Volatile.Read(ref _step);
                _images.Add(new CrashImage(image, committed, _imageStep));
            }
        }
    }
}
