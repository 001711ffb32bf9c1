namespace Ropeway.Storage;

/// <summary>What one log loses to a <see cref="MovePlan"/>: the runs, and the offsets in them that were not settled when it was made.</summary>
/// <remarks>Scratch memory of the mover, reused from log to log.</remarks>
internal sealed class Survivors
{
    public List<Run> Runs { get; } = [];

    /// <summary>For each run, how many entries of <see cref="Ranges"/> it has.</summary>
    public List<int> RangeCounts { get; } = [];

    public List<OffsetRange> Ranges { get; } = [];

    /// <summary>For each run, whether live offsets that stay elsewhere lie between it and the run before: a batch must not span them.</summary>
    public List<bool> Breaks { get; } = [];

    /// <summary>About how many bytes survive.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lists what the plan takes from a log. Under its gate.</summary>
    public void Collect(StoredLog log, MovePlan plan)
    {
        Runs.Clear();
        RangeCounts.Clear();
        Ranges.Clear();
        Breaks.Clear();
        Bytes = 0;
        ref LogIndex index = ref log.Index;
        bool isBreak = true;
        for (int place = index.Runs?.Head ?? 0; place < (index.Runs?.End ?? 0); place++)
        {
            ref Run run = ref index.Runs![place];
            if (!plan.Takes(run))
            {
                isBreak |= run.Live > 0;
                continue;
            }

            Runs.Add(run);
            Breaks.Add(isBreak);
            isBreak = false;
            int before = Ranges.Count;
            for (long start = index.NextLive(run.First); start < run.End;)
            {
                long end = Math.Min(run.End, index.Settled?.NextSet(start) ?? run.End);
                Ranges.Add(new OffsetRange(start, end));
                start = index.NextLive(end);
            }

            RangeCounts.Add(Ranges.Count - before);
            Bytes += (long)run.Bytes * run.Live / run.Span;
        }
    }
}
