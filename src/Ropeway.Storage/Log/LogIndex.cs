namespace Ropeway.Storage;

/// <summary>
/// What a log knows of its offsets: where they lie and which are settled. Every offset in [Start, End) is either settled (or a gap,
/// which counts as settled) or live: it lies in a run, and is unsettled or kept. A mutable struct on purpose: it lives in one field of its <see cref="StoredLog"/>,
/// so that an idle log is small. Changed under the log's gate only.
/// </summary>
internal struct LogIndex
{
    public long Start;
    public long End;
    public RunTable? Runs;

    /// <summary>Settled offsets above <see cref="Start"/>; null when there is none.</summary>
    public OffsetSet? Settled;

    /// <summary>Marks of unsettled offsets; null when there is none.</summary>
    public MarkTable? Marks;

    /// <summary>Live offsets that are not unsettled; null when there is none.</summary>
    public OffsetSet? Kept;

    /// <summary>Body ids of the runs with external bodies.</summary>
    private Dictionary<long, ulong>? _bodies;

    /// <summary>Unsettled offsets; not right before a recovery has ended.</summary>
    public readonly long UnsettledCount => End - Start - (Settled?.Count ?? 0) - (Kept?.Count ?? 0);

    /// <summary>True when live offsets are lost.</summary>
    public readonly bool HasDamage
    {
        get
        {
            for (int place = Runs?.Head ?? 0; place < (Runs?.End ?? 0); place++)
            {
                if (Runs![place] is { Kind: RunKind.Damaged, Live: > 0 })
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Adds a batch that was just appended: all of it lies at the end and is unsettled.</summary>
    public void Append(in Run run, ulong bodyId, int blockBytes)
    {
        Runs ??= new RunTable();
        Runs.Append(run, blockBytes);
        End = run.End;
        if (run.IsExternal)
        {
            (_bodies ??= [])[run.First] = bodyId;
        }
    }

    /// <summary>Adds a run found at recovery, as far as its offsets are not settled and lie in no other run.</summary>
    /// <returns>Live records of what was added.</returns>
    public long Recover(Run run, ulong bodyId, int blockBytes)
    {
        End = Math.Max(End, run.End);
        Runs ??= new RunTable();
        long added = 0;
        long from = Math.Max(Start, run.First);
        while (from < run.End)
        {
            int place = Runs.Find(from);
            bool isLast = place == Runs.End;
            if (!isLast && Runs[place].First <= from)
            {
                from = Runs[place].End;
                continue;
            }

            long to = isLast ? run.End : Math.Min(run.End, Runs[place].First);
            Run part = run with { First = from, Span = (uint)(to - from), Live = (uint)LiveIn(from, to) };
            from = to;
            if (part.Live == 0)
            {
                continue;
            }

            added += part.Live;
            if (isLast)
            {
                Runs.Append(part, blockBytes);
            }
            else
            {
                Runs.Insert(part);
            }

            if (part.IsExternal)
            {
                (_bodies ??= [])[part.First] = bodyId;
            }
        }

        return added;
    }

    /// <summary>Settles, keeps or revives offsets, whichever the type of a batch says.</summary>
    /// <param name="change">Settle, Keep or Revive.</param>
    /// <param name="start">First offset.</param>
    /// <param name="end">Exclusive end.</param>
    /// <param name="counter">Told what each place lost.</param>
    /// <returns>True when a durable record was concerned.</returns>
    public bool Change(BatchType change, long start, long end, ILiveCounter counter) => change switch
    {
        BatchType.Settle => Settle(start, end, counter),
        BatchType.Keep => Keep(start, end),
        _ => Revive(start, end),
    };

    /// <summary>Settles the part of [start, end) that is not settled yet.</summary>
    /// <param name="start">First offset.</param>
    /// <param name="end">Exclusive end; may lie behind <see cref="End"/> at recovery only.</param>
    /// <param name="counter">Told what each place lost.</param>
    /// <returns>True when a durable record was settled.</returns>
    public bool Settle(long start, long end, ILiveCounter counter)
    {
        start = Math.Max(start, Start);
        bool isDurable = false;
        for (long from = start; from < end;)
        {
            long first = Settled is null ? from : Settled.NextUnset(from);
            if (first >= end)
            {
                break;
            }

            long last = Settled is null ? end : Math.Min(end, Settled.NextSet(first));
            isDurable |= SettleRuns(first, last, counter);
            from = last;
        }

        if (start < end)
        {
            MarkSettled(start, end);
            Runs?.DropDead();
            RemoveMarks(start, end);
        }

        return isDurable;
    }

    /// <summary>Keeps the part of [start, end) that is unsettled.</summary>
    /// <returns>True when a durable record is in it.</returns>
    public bool Keep(long start, long end)
    {
        end = Math.Min(end, End);
        bool isDurable = false;
        for (long first = NextLive(start); first < end;)
        {
            long last = Math.Min(end, Settled?.NextSet(first) ?? end);
            (Kept ??= new OffsetSet()).AddRange(first, last);
            isDurable |= TouchesDurable(first, last);
            first = NextLive(last);
        }

        RemoveMarks(start, end);
        return isDurable;
    }

    /// <summary>Makes the part of [start, end) unsettled that is kept.</summary>
    /// <returns>True when a durable record is in it.</returns>
    public readonly bool Revive(long start, long end) => Kept is not null && Kept.RemoveRange(start, end) > 0 && TouchesDurable(start, end);

    /// <summary>True when [start, end) touches a run with durable records that are not all settled.</summary>
    public readonly bool TouchesDurable(long start, long end)
    {
        for (int place = Runs?.Find(start) ?? 0; place < (Runs?.End ?? 0) && Runs![place].First < end; place++)
        {
            if (Runs[place].Live > 0 && Runs[place].IsDurable)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The lowest live offset at or above <paramref name="from"/>, or <see cref="End"/>.</summary>
    public readonly long NextLive(long from)
    {
        from = Math.Max(from, Start);
        return Math.Min(End, Settled is null ? from : Settled.NextUnset(from));
    }

    /// <summary>The lowest unsettled offset at or above <paramref name="from"/>, or <see cref="End"/>.</summary>
    public readonly long NextUnsettled(long from)
    {
        while (true)
        {
            from = NextLive(from);
            if (Kept is null || !Kept.Contains(from))
            {
                return from;
            }

            from = Kept.NextUnset(from);
        }
    }

    /// <summary>The end of the unsettled offsets that follow <paramref name="start"/> without gap, at most <paramref name="end"/>.</summary>
    public readonly long UnsettledEnd(long start, long end) =>
        Math.Min(Math.Min(end, Settled?.NextSet(start) ?? end), Kept?.NextSet(start) ?? end);

    public readonly bool IsUnsettled(long offset) =>
        offset >= Start && offset < End && (Settled is null || Settled.Count == 0 || !Settled.Contains(offset)) && (Kept is null || !Kept.Contains(offset));

    /// <summary>Marks an offset that is unsettled; ignores any other.</summary>
    public void Mark(long offset, ulong value)
    {
        if (value == 0)
        {
            Marks?.Set(offset, value);
        }
        else if (IsUnsettled(offset))
        {
            (Marks ??= new MarkTable()).Set(offset, value);
        }
    }

    /// <summary>Live offsets in [start, end).</summary>
    public readonly long LiveIn(long start, long end)
    {
        start = Math.Max(start, Start);
        return start >= end ? 0 : end - start - (Settled?.CountIn(start, end) ?? 0);
    }

    public readonly ulong BodyOf(long offset) => _bodies is not null && _bodies.TryGetValue(offset, out ulong id) ? id : 0;

    /// <summary>Body ids of all live external records.</summary>
    public readonly IReadOnlyCollection<KeyValuePair<long, ulong>> Bodies => _bodies ?? (IReadOnlyCollection<KeyValuePair<long, ulong>>)[];

    /// <summary>Ends a recovery: offsets that lie in no run are gaps, the end is at least <paramref name="endMin"/>.</summary>
    public void FillGaps(long endMin)
    {
        End = Math.Max(End, endMin);
        long from = Start;
        if (Runs is not null)
        {
            Runs.DropDead();
            for (int place = Runs.Head; place < Runs.End; place++)
            {
                ref Run run = ref Runs[place];
                if (run.Live > 0)
                {
                    MarkSettled(from, run.First);
                    from = run.End;
                    run.Flags |= Run.Closed; // New batches lie in memory, this run does not.
                }
            }
        }

        MarkSettled(from, End);
        Marks?.RemoveWhere(this, static (index, offset) => !index.IsUnsettled(offset));
        TrimIdle();
    }

    /// <summary>Drops everything, telling <paramref name="counter"/>.</summary>
    public void Clear(ILiveCounter counter)
    {
        Settle(Start, End, counter);
        Runs = null;
        Settled = null;
        Marks = null;
        Kept = null;
        _bodies = null;
    }

    /// <summary>Gives back memory that an idle log does not need.</summary>
    public void TrimIdle()
    {
        if (Runs is { Count: 0 })
        {
            Runs = null;
        }

        if (Settled is { Count: 0 })
        {
            Settled = null;
        }

        if (Marks is { Count: 0 })
        {
            Marks = null;
        }

        if (Kept is { Count: 0 })
        {
            Kept = null;
        }

        if (_bodies is { Count: 0 })
        {
            _bodies = null;
        }
    }

    private bool SettleRuns(long start, long end, ILiveCounter counter)
    {
        if (Runs is null)
        {
            return false;
        }

        bool isDurable = false;
        for (int place = Runs.Find(start); place < Runs.End && Runs[place].First < end; place++)
        {
            ref Run run = ref Runs[place];
            if (run.Live == 0)
            {
                continue;
            }

            uint settled = (uint)(Math.Min(end, run.End) - Math.Max(start, run.First));
            isDurable |= run.IsDurable;
            counter.OnSettled(run, settled, run.IsExternal && _bodies!.Remove(run.First, out ulong bodyId) ? bodyId : 0);
            run.Live -= settled;
            if (run.Live == 0)
            {
                Runs.OnDead(place);
            }
        }

        return isDurable;
    }

    private readonly void RemoveMarks(long start, long end)
    {
        if (Marks is { Count: > 0 })
        {
            Marks.RemoveRange(start, end);
        }
    }

    private void MarkSettled(long start, long end)
    {
        if (start >= end)
        {
            return;
        }

        Kept?.RemoveRange(start, end);

        if (start > Start)
        {
            (Settled ??= new OffsetSet()).AddRange(start, end);
            return;
        }

        Start = end;
        if (Settled is { Count: > 0 })
        {
            Start = Settled.NextUnset(end);
            Settled.RemoveRange(0, Start);
        }
    }
}
