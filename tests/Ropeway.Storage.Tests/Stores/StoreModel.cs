
namespace Ropeway.Storage.Tests.Stores;

/// <summary>Drives a store with random operations and compares it with a simple model after each restart.</summary>
internal sealed class StoreModel : IDisposable
{
    private readonly SeededRandom _random;
    private readonly StoreRig _rig = new();
    private readonly List<LogModel> _logs = [];
    private ulong _lastIndex;

    public StoreModel(ulong seed)
    {
        _random = new SeededRandom(seed);
    }

    public void Run(int steps)
    {
        AddLog();
        for (int step = 0; step < steps; step++)
        {
            Step();
        }

        Restart();
        Verify();
    }

    public void Dispose() => _rig.Dispose();

    private void Step()
    {
        LogModel model = _logs[_random.Next(_logs.Count)];
        switch (_random.Next(100))
        {
            case < 42:
                Append(model);
                break;
            case < 50:
                AppendShared(unit: null);
                break;
            case < 68:
                Settle(model);
                break;
            case < 72:
                Keep(model);
                break;
            case < 75:
                Revive(model);
                break;
            case < 78:
                RunUnit();
                break;
            case < 82:
                Mark(model);
                break;
            case < 85:
                AdvanceHorizon(model);
                break;
            case < 88:
                AddLog();
                break;
            case < 90:
                DeleteLog(model);
                break;
            case < 93:
                _rig.Store.Checkpoint();
                break;
            case < 96:
                Verify();
                break;
            case < 98:
                _rig.Commit(_lastIndex);
                break;
            default:
                Restart();
                break;
        }
    }

    /// <summary>Appends and settles in several logs under one unit, which is completed, dropped, or cut short by a kill.</summary>
    private void RunUnit()
    {
        AtomicUnit unit = _rig.Store.BeginUnit();
        List<(LogModel Model, long Offset)> appended = [];
        List<(LogModel Model, long Offset)> settled = [];
        List<(LogModel Model, long Offset)> kept = [];
        for (int left = 1 + _random.Next(6); left > 0; left--)
        {
            LogModel model = _logs[_random.Next(_logs.Count)];
            StoredLog log = _rig.Log(model.Id);
            int count = 1 + _random.Next(10);
            if (_random.Chance(20))
            {
                appended.AddRange(AppendShared(unit));
            }
            else if (_random.Chance(60))
            {
                int bytes = _random.Next(600);
                bool persistent = _random.Chance(85);
                StoreRig.Append(log, count, bytes, persistent, tag: 0, unit);
                for (int i = 0; i < count; i++)
                {
                    model.Records[model.End] = new RecordModel(bytes, Tag: 0, persistent ? ulong.MaxValue : 0, SettleIndex: null);
                    appended.Add((model, model.End++));
                }
            }
            else
            {
                bool keeps = _random.Chance(30);
                long start = log.StartOffset;
                _ = keeps ? StoreRig.Keep(log, start, start + count, unit) : StoreRig.Settle(log, start, start + count, unit);
                (keeps ? kept : settled).AddRange(model.Records.Keys.Where(offset => offset >= start && offset < start + count).Select(offset => (model, offset)));
            }

            if (_random.Chance(10))
            {
                _rig.Store.Checkpoint();
            }
        }

        EndUnit(unit, appended, settled, kept);
    }

    private void EndUnit(
        AtomicUnit unit,
        List<(LogModel Model, long Offset)> appended,
        List<(LogModel Model, long Offset)> settled,
        List<(LogModel Model, long Offset)> kept)
    {
        if (_random.Chance(10))
        {
            ulong committed = _rig.Store.CommittedIndex;
            _rig.ReopenAfterKill();
            appended.ForEach(record => record.Model.Records.Remove(record.Offset));
            LearnAll(committed);
        }
        else if (_random.Chance(30))
        {
            unit.Dispose();
            appended.ForEach(record => record.Model.Records.Remove(record.Offset));
        }
        else
        {
            ulong index = unit.Complete();
            _lastIndex = Math.Max(_lastIndex, index);
            foreach ((LogModel model, long offset) in appended)
            {
                RecordModel record = model.Records[offset];
                model.Records[offset] = record with { AppendIndex = record.AppendIndex == 0 ? 0 : index };
            }

            foreach ((LogModel model, long offset) in settled)
            {
                RecordModel record = model.Records[offset];
                model.Records[offset] = record with { SettleIndex = record.SettleIndex ?? index };
            }

            kept.ForEach(record => NoteKept(record.Model, record.Offset, index));
        }
    }

    private void Append(LogModel model)
    {
        int count = _random.Chance(20) ? 1 : 1 + _random.Next(20);
        int bytes = count == 1 && _random.Chance(30) ? _random.Next(40_000) : _random.Next(600);
        bool persistent = _random.Chance(85);
        byte tag = (byte)(_random.Chance(80) ? 0 : _random.Next(3));
        StoredLog log = _rig.Log(model.Id);
        Assert.Equal(model.End, log.EndOffset);
        ulong index = StoreRig.Append(log, count, bytes, persistent, tag);
        Assert.Equal(persistent, index != 0);
        _lastIndex = Math.Max(_lastIndex, index);
        for (int i = 0; i < count; i++)
        {
            model.Records[model.End++] = new RecordModel(bytes, tag, index, SettleIndex: null);
        }
    }

    /// <summary>Appends records to some logs that have most of their bytes in common.</summary>
    /// <returns>What was appended; durable when the unit is, if there is one.</returns>
    private List<(LogModel Model, long Offset)> AppendShared(AtomicUnit? unit)
    {
        int first = _random.Next(_logs.Count);
        List<LogModel> models = _logs.GetRange(first, Math.Min(_logs.Count - first, 1 + _random.Next(4)));
        int count = 1 + _random.Next(8);
        int bytes = _random.Chance(20) ? _random.Next(40_000 / count) : _random.Next(1500);
        byte tag = (byte)(_random.Chance(80) ? 0 : _random.Next(3));
        List<StoredLog> logs = [.. models.Select(model => _rig.Log(model.Id))];
        ulong index = SharedRecords.Append(logs, count, bytes, _random.Next(100_000), tag, unit);
        _lastIndex = Math.Max(_lastIndex, index);
        List<(LogModel Model, long Offset)> appended = [];
        foreach (LogModel model in models)
        {
            for (int i = 0; i < count; i++)
            {
                model.Records[model.End] = new RecordModel(bytes, tag, unit is null ? index : ulong.MaxValue, SettleIndex: null);
                appended.Add((model, model.End++));
            }
        }

        return appended;
    }

    private void Settle(LogModel model)
    {
        (long start, long end) = ChooseRange(model, _rig.Log(model.Id).StartOffset);
        ulong index = StoreRig.Settle(_rig.Log(model.Id), start, end);
        _lastIndex = Math.Max(_lastIndex, index);
        for (long offset = start; offset < end; offset++)
        {
            if (model.Records.TryGetValue(offset, out RecordModel? record) && record.SettleIndex is null)
            {
                Assert.True(index != 0 || record.AppendIndex == 0, "A durable record was settled without a journal record.");
                model.Records[offset] = record with { SettleIndex = index };
            }
        }
    }

    private void Keep(LogModel model)
    {
        StoredLog log = _rig.Log(model.Id);
        (long start, long end) = ChooseRange(model, log.StartOffset);
        ulong index = StoreRig.Keep(log, start, end);
        _lastIndex = Math.Max(_lastIndex, index);
        for (long offset = start; offset < end; offset++)
        {
            NoteKept(model, offset, index);
        }
    }

    private void Revive(LogModel model)
    {
        StoredLog log = _rig.Log(model.Id);
        (long start, long end) = ChooseRange(model, StoreRig.KeptIn(log).FirstOrDefault());
        ulong index = StoreRig.Revive(log, start, end);
        _lastIndex = Math.Max(_lastIndex, index);
        for (long offset = start; offset < end; offset++)
        {
            if (model.Records.TryGetValue(offset, out RecordModel? record) && record is { SettleIndex: null, IsKept: true })
            {
                Assert.True(index != 0 || record.AppendIndex == 0, "A durable record was revived without a journal record.");
                model.Records[offset] = record with { IsKept = false, KeptIndex = index };
            }
        }
    }

    private (long Start, long End) ChooseRange(LogModel model, long usualStart)
    {
        long start = _random.Chance(70) ? usualStart : _random.Next((int)model.End + 1);
        return (start, start + (_random.Chance(20) ? _random.Next(400) : 1 + _random.Next(12)));
    }

    private static void NoteKept(LogModel model, long offset, ulong index)
    {
        if (model.Records.TryGetValue(offset, out RecordModel? record) && record.SettleIndex is null)
        {
            Assert.True(index != 0 || record.AppendIndex == 0, "A durable record is kept without a journal record.");
            model.Records[offset] = record with { IsKept = true, KeptIndex = index, Mark = 0, MarkIndex = index };
        }
    }

    private void Mark(LogModel model)
    {
        StoredLog log = _rig.Log(model.Id);
        long start = _random.Next((int)model.End + 1);
        List<OffsetMark> marks = [];
        for (long offset = start; offset < start + 1 + _random.Next(30); offset++)
        {
            marks.Add(new OffsetMark(offset, (ulong)_random.Next(5)));
        }

        ulong index = StoreRig.Mark(log, unit: null, [.. marks]);
        _lastIndex = Math.Max(_lastIndex, index);
        foreach (OffsetMark mark in marks)
        {
            if (model.Records.TryGetValue(mark.Offset, out RecordModel? record) && record is { SettleIndex: null, IsKept: false })
            {
                Assert.True(index != 0 || record.AppendIndex == 0, "A durable record was marked without a journal record.");
                model.Records[mark.Offset] = record with { Mark = mark.Value, MarkIndex = index };
            }
        }
    }

    private void AdvanceHorizon(LogModel model)
    {
        StoredLog log = _rig.Log(model.Id);
        lock (log.Gate)
        {
            long horizon = log.EndOffset + _random.Next(50);
            if (horizon > model.Horizon)
            {
                model.HorizonIndex = log.AdvanceHorizon(horizon);
                model.Horizon = horizon;
                _lastIndex = Math.Max(_lastIndex, model.HorizonIndex);
                Assert.NotEqual(0u, model.HorizonIndex);
            }
        }
    }

    private void AddLog()
    {
        ulong id = _rig.Store.Metadata.AllocateLogId();
        Assert.DoesNotContain(_logs, log => log.Id == id);
        MetadataBatch batch = new();
        batch.CreateLog(id);
        ulong index = _rig.Store.Metadata.Apply(batch);
        _rig.Commit(index);
        _lastIndex = Math.Max(_lastIndex, index);
        _logs.Add(new LogModel { Id = id, CreateIndex = index });
    }

    private void DeleteLog(LogModel model)
    {
        if (_logs.Count > 1)
        {
            MetadataBatch batch = new();
            batch.DeleteLog(model.Id);
            _rig.Commit(_rig.Store.Metadata.Apply(batch));
            _logs.Remove(model);
            Assert.False(_rig.Store.TryGetLog(model.Id, out _));
        }
    }

    private void Restart()
    {
        ulong committed;
        switch (_random.Next(4))
        {
            case 0:
                committed = ulong.MaxValue;
                _rig.ReopenCleanly();
                break;
            case 1:
                committed = _rig.Store.CommittedIndex;
                _rig.ReopenAfterPowerCut(_random);
                break;
            default:
                committed = _rig.Store.CommittedIndex;
                _rig.ReopenAfterKill();
                break;
        }

        LearnAll(committed);
    }

    private void LearnAll(ulong committed)
    {
        _lastIndex = _rig.Store.CommittedIndex;
        Assert.Equal(_logs.Select(log => log.Id).Order(), _rig.Store.Logs.Select(log => log.Id).Order());
        foreach (LogModel model in _logs)
        {
            Learn(model, committed);
        }
    }

    /// <summary>Tests what must be there and takes over what was open: whether uncommitted records survived.</summary>
    private void Learn(LogModel model, ulong committed)
    {
        StoredLog log = _rig.Log(model.Id);
        Assert.Null(log.Quarantine);
        HashSet<long> kept = [.. StoreRig.KeptIn(log)];
        HashSet<long> found = [.. log.UnsettledRanges().SelectMany(run => Offsets(run.Range)), .. kept];
        foreach ((long offset, RecordModel record) in model.Records.ToList())
        {
            bool isTransient = record.AppendIndex == 0;
            bool mustBeGone = isTransient || (record.SettleIndex is { } settled && settled <= committed);
            bool mustBeThere = !isTransient && record.AppendIndex <= committed && record.SettleIndex is null;
            Assert.False(mustBeGone && found.Contains(offset), $"Offset {offset} of log {model.Id} came back.");
            Assert.False(mustBeThere && !found.Contains(offset), $"Offset {offset} of log {model.Id} is lost.");
            if (found.Remove(offset))
            {
                log.TryGetMark(offset, out ulong mark);
                Assert.True(mark == record.Mark || record.MarkIndex > committed, $"Offset {offset} of log {model.Id} has mark {mark}, not {record.Mark}.");
                bool isKept = kept.Contains(offset);
                Assert.True(isKept == record.IsKept || record.KeptIndex > committed, $"Offset {offset} of log {model.Id} is {(isKept ? "" : "not ")}kept.");
                model.Records[offset] = record with { AppendIndex = 1, SettleIndex = null, Mark = mark, MarkIndex = 1, IsKept = isKept, KeptIndex = 1 };
            }
            else
            {
                model.Records.Remove(offset);
            }
        }

        Assert.Empty(found);
        if (model.HorizonIndex <= committed)
        {
            Assert.True(log.RecoveredHorizon >= model.Horizon, "The horizon went back.");
        }

        Assert.True(log.EndOffset >= log.RecoveredHorizon, "An offset below the horizon is given again.");
        Assert.Equal(log.RecoveredHorizon, log.DurableHorizon);
        model.Horizon = log.RecoveredHorizon;
        model.HorizonIndex = 0;
        model.End = log.EndOffset;
    }

    private void Verify()
    {
        foreach (LogModel model in _logs)
        {
            StoredLog log = _rig.Log(model.Id);
            List<long> expected = [.. model.Records.Where(pair => pair.Value is { SettleIndex: null, IsKept: false }).Select(pair => pair.Key)];
            Assert.Equal(expected, StoreRig.ReadAll(log));
            Assert.Equal(model.Records.Where(pair => pair.Value is { SettleIndex: null, IsKept: true }).Select(pair => pair.Key), StoreRig.KeptIn(log));
            Assert.Equal(
                expected.Where(offset => model.Records[offset].Mark > 0).Select(offset => new OffsetMark(offset, model.Records[offset].Mark)),
                log.Marks.OrderBy(mark => mark.Offset));
            Assert.Equal(expected.Count == 0 ? log.EndOffset : expected[0], log.StartOffset);
            foreach ((OffsetRange range, byte tag) in log.UnsettledRanges())
            {
                Assert.All(Offsets(range), offset => Assert.Equal(model.Records[offset].Tag, tag));
            }
        }
    }

    private static IEnumerable<long> Offsets(OffsetRange range)
    {
        for (long offset = range.Start; offset < range.End; offset++)
        {
            yield return offset;
        }
    }
}
