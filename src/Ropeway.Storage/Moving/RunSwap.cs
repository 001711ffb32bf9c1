namespace Ropeway.Storage;

/// <summary>Replaces the runs that were moved by those in the new file. Made for one log, used under its gate.</summary>
internal sealed class RunSwap
{
    private readonly MovedLog _moved;
    private readonly SegmentWriter _file;
    private readonly SegmentSet _target;
    private readonly List<Run> _merged = [];
    private int _nextEntry;
    private long _liveCount;

    private RunSwap(MovedLog moved, SegmentWriter file, SegmentSet target)
    {
        _moved = moved;
        _file = file;
        _target = target;
        _nextEntry = moved.FirstEntry;
    }

    /// <summary>Swaps; what was settled meanwhile stays settled.</summary>
    /// <param name="moved">The log and its part of the new file.</param>
    /// <param name="plan">Which runs were moved.</param>
    /// <param name="file">The new file, finished.</param>
    /// <param name="target">Where it counts.</param>
    public static void Swap(MovedLog moved, MovePlan plan, SegmentWriter file, SegmentSet target)
    {
        if (!moved.Log.IsDeleted && moved.Log.Index.Runs is { } runs)
        {
            new RunSwap(moved, file, target).Swap(runs, plan);
        }
    }

    private void Swap(RunTable runs, MovePlan plan)
    {
        StoredLog log = _moved.Log;
        for (int place = runs.Head; place < runs.End; place++)
        {
            Run run = runs[place];
            if (run.Live == 0)
            {
                continue;
            }

            if (plan.Takes(run))
            {
                log.Spaces.OnSettled(run, run.Live, bodyId: 0); // The old file loses them; bodies stay referenced.
                if (!_moved.Damaged.Contains(run.First))
                {
                    continue;
                }

                run.Kind = RunKind.Damaged;
                run.Where = 0;
                log.SetQuarantine($"offsets {run.First} to {run.End} could not be read when they were to be moved");
            }

            AddNew(run.First);
            _merged.Add(run);
        }

        AddNew(long.MaxValue);
        _target.AddLive(_file.Id, _liveCount);
        runs.Replace(_merged);
    }

    private void AddNew(long below)
    {
        ref LogIndex index = ref _moved.Log.Index;
        while (_nextEntry < _moved.FirstEntry + _moved.EntryCount && _file.Entries[_nextEntry].FirstOffset < below)
        {
            Run run = _file.Entries[_nextEntry++].ToRun(_file.Id, _target.Kind);
            run.Live = (uint)index.LiveIn(run.First, run.End);
            if (run.Live > 0)
            {
                _liveCount += run.Live;
                _merged.Add(run);
            }
        }
    }
}
