namespace Ropeway.Simulation.Steps;

/// <summary>
/// One line of execution that can be left in the midst of its work and gone on with: a thread that runs only while it holds the baton,
/// which goes back and forth between it and whoever resumes it. At no moment do two of a simulation run. Strands live as long as the
/// process: simulations take them over from each other.
/// </summary>
internal sealed class Strand
{
    [ThreadStatic]
    private static Stack<Strand>? _idle; // Of the thread that runs simulations: its strands stay on its processor.

    [ThreadStatic]
    private static Strand? _current;

    private readonly Baton _resumed = new();
    private readonly Baton _left = new();
    private Func<bool>? _work;
    private bool _result;
    private Exception? _fault;

    private Strand()
    {
        int? processor = Processor.Kept;
        new Thread(() => Serve(processor), maxStackSize: 512 * 1024) { IsBackground = true, Name = "simulated strand" }.Start();
    }

    /// <summary>The strand that the calling thread is; null on the thread that resumes others.</summary>
    public static Strand? Current => _current;

    /// <summary>Whether work was left in its midst.</summary>
    public bool IsMidway => _work is not null;

    /// <summary>One that has no work.</summary>
    public static Strand Rent() => _idle is not null && _idle.TryPop(out Strand? idle) ? idle : new Strand();

    /// <summary>Its work is done and no more will come.</summary>
    public void Return() => (_idle ??= []).Push(this);

    /// <summary>Begins work, or goes on with what was left, until that is done or leaves.</summary>
    /// <param name="work">What to begin when nothing was left.</param>
    /// <returns>What the work returned; null when it was left.</returns>
    public bool? Resume(Func<bool> work)
    {
        _work ??= work;
        _resumed.HandOver();
        _left.Await();
        if (_fault is { } fault)
        {
            _fault = null;
            throw new InvalidOperationException("Work has failed in a way that it does not catch.", fault);
        }

        return _work is null ? _result : null;
    }

    /// <summary>On the strand: leaves the work until it is resumed.</summary>
    public void Leave()
    {
        _left.HandOver();
        _resumed.Await();
    }

    private void Serve(int? processor)
    {
        if (processor is { } number)
        {
            Processor.Keep(number);
        }

        _current = this;
        while (true)
        {
            _resumed.Await();
            try
            {
                _result = _work!();
            }
            catch (Exception fault) // The top of the strand: whoever resumes it is told.
            {
                _fault = fault;
            }

            _work = null;
            _left.HandOver();
        }
    }
}
