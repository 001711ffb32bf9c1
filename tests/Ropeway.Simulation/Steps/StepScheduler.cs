using Ropeway.Core.Timing;
using Ropeway.Simulation.Model;
using Ropeway.Storage;

namespace Ropeway.Simulation.Steps;

/// <summary>
/// Does the work of one machine (the store's, the pool's, the clients') step by step, in the order that the random numbers choose. Each
/// work of the store has a <see cref="Strand"/>: where it waits or uses the disk it may be left, and others go on meanwhile, as threads would.
/// Most steps are done on the calling thread, though, because to change threads costs more than most steps do.
/// </summary>
internal sealed class StepScheduler : IStepRunner, IWorkPool
{
    private const int IdleMax = 100_000;
    private const int EventsMax = 1_000_000; // A hundred times as many as there usually are.
    private const int PatiencePercent = 75; // Who waits for others is mostly not asked yet: usually they are not done, and to ask costs a change of threads.

    private readonly SeededRandom _random;
    private readonly History _history;
    private readonly SimulatedClock _clock;
    private readonly List<Work> _works = [];
    private readonly List<IThreadPoolWorkItem> _pool = [];
    private int _idleCount;
    private bool _isAlone;

    public StepScheduler(SeededRandom random, History history, SimulatedClock clock)
    {
        _random = random;
        _history = history;
        _clock = clock;
        AddShort("pool", RunPoolItem);
        AddShort("timer", clock.TryFire);
    }

    /// <summary>The machine is off: whoever waits is told.</summary>
    public bool IsOff { get; set; }

    /// <summary>The work that a step is being done of; empty when none is.</summary>
    public string Current { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public void Add(string name, Func<bool> isAsked, Func<bool> step) => _works.Add(new Work(name, step, isAsked, Strand.Rent()));

    /// <summary>Adds work whose steps neither wait nor use the disk.</summary>
    public void AddShort(string name, Func<bool> step) => _works.Add(new Work(name, step, static () => true, Strand: null));

    public void Queue(IThreadPoolWorkItem work) => _pool.Add(work);

    public void Queue<T>(Action<T> work, T state) => _pool.Add(new Call(() => work(state)));

    /// <inheritdoc/>
    public void RunOther()
    {
        ThrowIfOff();
        if (Strand.Current is { } strand)
        {
            _works.Find(work => work.Strand == strand)!.IsWaiting = true;
            strand.Leave();
            ThrowIfOff();
        }
        else if (!TryRunOne())
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            if (++_idleCount > IdleMax)
            {
                throw new ViolationException("Somebody waits, and nobody has anything to do.");
            }
        }
    }

    /// <summary>Others may go on, or not: somebody uses the disk, or is just slow.</summary>
    public void Interleave(int percent)
    {
        while (!IsOff && !_isAlone && _random.Chance(percent))
        {
            if (Strand.Current is { } strand)
            {
                strand.Leave();
            }
            else
            {
                TryRunOne();
            }
        }
    }

    /// <summary>Does steps of one work only, none of which was left, until something has come true.</summary>
    public void RunOnly(string name, Func<bool> isDone)
    {
        Work work = _works.Find(work => work.Name == name)!;
        while (!isDone())
        {
            if (!TryRun(work, Way.Alone))
            {
                throw new ViolationException($"What {name} are to do is not done.");
            }
        }
    }

    /// <summary>Does one step of any work that has something to do.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryRunOne()
    {
        if (_history.Count > EventsMax)
        {
            throw new ViolationException("It goes on for ever.");
        }

        int first = _random.Next(_works.Count);
        for (int i = 0; i < 2 * _works.Count; i++)
        {
            Work work = _works[(first + i) % _works.Count];
            bool isDue = i < _works.Count ? !work.IsWaiting || !_random.Chance(PatiencePercent) : work.IsWaiting; // In the second round nobody else has anything to do.
            if (isDue && work.IsReady && TryRun(work, ChooseWay(work)))
            {
                _idleCount = 0;
                return true;
            }
        }

        return false;
    }

    /// <summary>The machine is off: what was left in its midst ends, and no more is done.</summary>
    public void End()
    {
        IsOff = true;
        foreach (Work work in _works)
        {
            while (work.Strand is { IsMidway: true } strand)
            {
                strand.Resume(work.Step);
            }

            work.Strand?.Return();
        }

        _works.Clear();
        _pool.Clear();
    }

    private Way ChooseWay(Work work)
    {
        if (work.Strand is null)
        {
            return Way.Around;
        }

        if (work.Strand.IsMidway || work.Name == "operator")
        {
            return Way.Apart;
        }

        int dice = _random.Next(100);
        if (work.Name == "mover")
        {
            return dice < 60 && Current.Length == 0 ? Way.Around : Way.Apart; // It waits for others, who must not wait for it to return.
        }

        return dice switch { < 50 => Way.Alone, < 85 => Way.Around, _ => Way.Apart };
    }

    private bool TryRun(Work work, Way way)
    {
        string outer = Current;
        bool wasAlone = _isAlone;
        Current = work.Name;
        _isAlone |= way == Way.Alone;
        work.IsRunning = true;
        work.IsWaiting = false;
        int before = _history.Count;
        bool? isDone = null;
        try
        {
            isDone = way == Way.Apart ? work.Strand!.Resume(work.Step) : work.Step();
        }
        finally
        {
            work.IsRunning = false;
            _isAlone = wasAlone;
            Current = outer;
        }

        bool hasWorked = isDone ?? !work.IsWaiting;
        if (hasWorked || _history.Count != before)
        {
            _history.Note(isDone is null ? "left" : "step", work.Name);
        }

        return hasWorked;
    }

    private void ThrowIfOff()
    {
        if (IsOff)
        {
            throw new PowerOffException();
        }
    }

    private bool RunPoolItem()
    {
        if (_pool.Count == 0)
        {
            return false;
        }

        int place = _random.Next(_pool.Count);
        IThreadPoolWorkItem item = _pool[place];
        _pool.RemoveAt(place);
        item.Execute();
        return true;
    }

    /// <summary>How a step is done.</summary>
    private enum Way
    {
        /// <summary>In one go.</summary>
        Alone,

        /// <summary>On the calling thread: others do whole steps in the midst of it. Costs no change of threads.</summary>
        Around,

        /// <summary>On a strand, which may be left and gone on with at any time.</summary>
        Apart,
    }

    private sealed record Work(string Name, Func<bool> Step, Func<bool> IsAsked, Strand? Strand)
    {
        /// <summary>It was left, or has something to do.</summary>
        public bool IsReady => !IsRunning && (Strand is { IsMidway: true } || IsAsked());

        /// <summary>A step of it is being done, unless it was left.</summary>
        public bool IsRunning { get; set; }

        /// <summary>It was left because it waits for others.</summary>
        public bool IsWaiting { get; set; }
    }

    private sealed class Call(Action call) : IThreadPoolWorkItem
    {
        public void Execute() => call();
    }
}
