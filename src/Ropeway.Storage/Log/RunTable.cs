namespace Ropeway.Storage;

/// <summary>
/// The runs of one log, sorted and without overlap. Dead runs go lazily, so that settling behind a stuck head costs no shifting.
/// Used under the log's gate. Places (indexes) stay valid until <see cref="Version"/> changes.
/// </summary>
internal sealed class RunTable
{
    /// <summary>Largest run that neighbouring batches are joined to: a lookup walks at most this far.</summary>
    public const int JoinedBytesMax = 64 * 1024;

    private const int KeptLengthMax = 64;

    private Run[] _runs = [];
    private int _dead;

    /// <summary>The first live place.</summary>
    public int Head { get; private set; }

    /// <summary>One past the last place.</summary>
    public int End { get; private set; }

    public int Count => End - Head;

    /// <summary>False: no run lies in transient memory.</summary>
    public bool HasTransient { get; private set; }

    /// <summary>Changes whenever places move.</summary>
    public int Version { get; private set; }

    /// <summary>Bytes of the batches that a recovery has found in the journal.</summary>
    public long RecoveredJournalBytes { get; set; }

    public ref Run this[int place] => ref _runs[place];

    /// <summary>The first run that ends behind <paramref name="offset"/>; <see cref="End"/> when there is none.</summary>
    public int Find(long offset)
    {
        int low = Head;
        int high = End;
        if (low < high && _runs[low].End > offset)
        {
            return low; // First in, first out.
        }

        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_runs[middle].End <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Adds a run behind all others, joined to the last one when they are neighbours.</summary>
    /// <param name="run">The run.</param>
    /// <param name="blockBytes">A joined run never crosses a multiple of this.</param>
    public void Append(in Run run, int blockBytes)
    {
        HasTransient |= run.Kind == RunKind.Transient;
        if (End > Head && TryJoin(ref _runs[End - 1], run, blockBytes))
        {
            return;
        }

        if (End == _runs.Length)
        {
            MakeRoom();
        }

        _runs[End++] = run;
    }

    /// <summary>Adds a run in its place by offset.</summary>
    public void Insert(in Run run)
    {
        int place = Find(run.First);
        if (End == _runs.Length)
        {
            place -= Head;
            MakeRoom();
            place += Head;
        }

        Array.Copy(_runs, place, _runs, place + 1, End - place);
        _runs[place] = run;
        End++;
        Version++;
    }

    /// <summary>To be called when the run at <paramref name="place"/> has lost its last live record.</summary>
    public void OnDead(int place)
    {
        _runs[place].Kind = RunKind.None;
        _dead++;
    }

    /// <summary>Drops dead runs: those in front at once, the others when they are the majority.</summary>
    public void DropDead()
    {
        while (Head < End && _runs[Head].Live == 0)
        {
            Head++;
            _dead--;
        }

        if (Head == End)
        {
            Head = 0;
            End = 0;
            Version++;
            if (_runs.Length > KeptLengthMax)
            {
                _runs = [];
            }
        }
        else if (_dead > 16 && _dead > Count / 2)
        {
            Compact();
        }
    }

    /// <summary>Replaces the whole content.</summary>
    /// <param name="runs">Sorted, live, without overlap.</param>
    public void Replace(List<Run> runs)
    {
        _runs = [.. runs];
        Head = 0;
        End = runs.Count;
        _dead = 0;
        Version++;
    }

    private static bool TryJoin(ref Run last, in Run next, int blockBytes)
    {
        if (last.Kind != next.Kind || last.Kind is not (RunKind.Journal or RunKind.Transient) || last.Tag != next.Tag || last.End != next.First
            || ((last.Flags | next.Flags) & (Run.External | Run.Closed)) != 0
            || next.Where < last.Where // Its shared part lies before everything in the last one.
            || next.Where / (ulong)blockBytes != last.Where / (ulong)blockBytes
            || next.Where + next.Bytes - last.Where > JoinedBytesMax)
        {
            return false;
        }

        last.Bytes = (uint)(next.Where + next.Bytes - last.Where);
        last.Span += next.Span;
        last.Live += next.Live;
        last.Flags |= next.Flags;
        return true;
    }

    private void MakeRoom()
    {
        if (Count <= _runs.Length / 2 && _runs.Length > 0)
        {
            Array.Copy(_runs, Head, _runs, 0, Count);
        }
        else
        {
            Run[] larger = new Run[Math.Max(4, Count * 2)];
            Array.Copy(_runs, Head, larger, 0, Count);
            _runs = larger;
        }

        End -= Head;
        Head = 0;
        Version++;
    }

    private void Compact()
    {
        int kept = 0;
        for (int place = Head; place < End; place++)
        {
            if (_runs[place].Live > 0)
            {
                _runs[kept++] = _runs[place];
            }
        }

        Head = 0;
        End = kept;
        _dead = 0;
        Version++;
        if (kept < _runs.Length / 4 && _runs.Length > KeptLengthMax)
        {
            Array.Resize(ref _runs, kept * 2);
        }
    }
}
