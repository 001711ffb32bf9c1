using Ropeway.Core;
using Ropeway.Simulation.Clients;
using Ropeway.Simulation.Disk;
using Ropeway.Simulation.Model;
using Ropeway.Simulation.Steps;
using Ropeway.Storage;

namespace Ropeway.Simulation;

/// <summary>
/// One simulation: the lives of a broker, one after the other on the same disk, with clients, and a model that knows what was promised.
/// Everything in it follows from the seed.
/// </summary>
internal sealed class World
{
    private const int OperationsMin = 500;
    private const int CrashesMin = 3;
    private const int RestStepsMax = 100_000;

    private readonly Fate _fate;
    private readonly ClientWork _clients;
    private SimulatedDisk? _left; // What the life before has left.
    private int _crashCount;
    private bool _wasClean = true;

    /// <param name="seed">Everything follows from it.</param>
    /// <param name="makeDisk">Makes the first disk; the others are made by their predecessors.</param>
    /// <param name="trace">Told everything that happens; null for nobody.</param>
    public World(ulong seed, Func<IDiskWatcher, SimulatedDisk> makeDisk, TextWriter? trace = null)
    {
        Random = new SeededRandom(seed);
        History = new History { Trace = trace };
        Log = new ErrorLog(Model, History);
        _fate = new Fate(this);
        _clients = new ClientWork(this);
        _left = makeDisk(_fate);
        Machine = new Machine(this, _left);
    }

    public SeededRandom Random { get; }

    public History History { get; }

    public Coverage Coverage { get; } = new();

    public SimulatedClock Clock { get; } = new();

    public BrokerModel Model { get; } = new();

    public ErrorLog Log { get; }

    /// <summary>The life under way.</summary>
    public Machine Machine { get; private set; }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    public void Run()
    {
        while (_clients.Count < OperationsMin || _crashCount < CrashesMin)
        {
            Live();
        }

        _fate.IsQuiet = true;
        Open();
        Rest();
        _wasClean = Machine.TryStop();
        ThrowIfBroken();
        Model.Check(_wasClean, "the broker does not stop");
        _left = Machine.Disk;
        Open();
        _clients.Leave();
        _ = Machine.TryStop();
        ThrowIfBroken();
    }

    /// <summary>Gives back what the last life has, its strands and its memory: a long run makes millions of worlds.</summary>
    public void End()
    {
        Machine.SwitchOff();
        Machine.Dispose();
    }

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan time)
    {
        Clock.Advance(time);
        Model.NoteTime(Clock.NowMs);
    }

    /// <summary>The clock is set.</summary>
    public void StepClock(TimeSpan time)
    {
        Model.NoteTime(Clock.NowMs);
        Clock.Step(time);
        Model.NoteTime(Clock.NowMs);
    }

    /// <summary>The disk of the machine does only half of what it should, for a while.</summary>
    public void SlowDown() => _fate.BeSlow();

    /// <summary>Ends the life under way.</summary>
    public void SwitchOff(Ending ending)
    {
        History.Note("off", ending.ToString());
        Coverage.Count(ending switch { Ending.PowerCut => "power cut", Ending.Kill => "kill", _ => "end by error" });
        _left = ending == Ending.PowerCut ? Machine.Disk.AfterPowerCut(Random) : Machine.Disk.AfterKill();
        if (_left.LostCount > 0)
        {
            Coverage.Count("lost or torn writes");
        }

        _wasClean = false;
        _crashCount++;
        Model.IsBlind = true;
        Machine.SwitchOff();
    }

    /// <summary>Has something done when an index is durable, as long as this machine lives.</summary>
    public void WhenDurable(ulong index, Action then)
    {
        Machine machine = Machine;
        int returnCount = index == 0 ? 0 : Model.ReturnCount;
        var waiter = new DurabilityCall(() =>
        {
            if (machine == Machine && !machine.IsOff)
            {
                Model.ConfirmReturns(returnCount);
                then();
            }
        });
        if (index == 0 || !machine.Broker.Durability.OnCommitted(index, waiter))
        {
            then();
        }
    }

    /// <summary>From the start of a broker to its end, however that comes.</summary>
    private void Live()
    {
        _fate.Begin();
        try
        {
            Open();
            int stopAt = _clients.Count + 20 + Random.Next(200);
            while (Machine.IsOpen && (_clients.Count < OperationsMin || _crashCount < CrashesMin))
            {
                if (_fate.Ending == Ending.CleanStop && _clients.Count >= stopAt)
                {
                    StopCleanly();
                    return;
                }

                Machine.Scheduler.RunOther();
                ThrowIfBroken();
            }
        }
        catch (Exception fault) when (ErrorLog.IsOfTheDisk(fault))
        {
            History.Note("ends", fault.GetType().Name);
        }

        ThrowIfBroken();
        if (!Machine.IsOff)
        {
            SwitchOff(Random.Chance(50) ? Ending.DiskError : Ending.PowerCut);
        }
    }

    private void StopCleanly()
    {
        _fate.IsQuiet = true;
        _clients.Leave();
        Settle();
        _wasClean = Machine.TryStop();
        _fate.IsQuiet = false;
        ThrowIfBroken();
        Model.Check(_wasClean, "the broker does not stop");
        Coverage.Count("clean stop");
        History.Note("stopped");
        _left = Machine.Disk;
    }

    /// <summary>Starts the broker on what was left, and compares what it has recovered with the model.</summary>
    private void Open()
    {
        Model.IsBlind = true;
        Machine.SwitchOff();
        Machine.Dispose();
        Model.IsBlind = false;
        Machine = new Machine(this, _left!);
        Machine.Disk.CapacityBytes = long.MaxValue;
        try
        {
            Machine.Open();
        }
        catch (StoreException fault)
        {
            ThrowIfBroken();
            Model.Check(ErrorLog.IsOfTheDisk(fault.InnerException), $"the store does not open: {fault.Message}");
            throw;
        }

        var survey = new Survey(this);
        IReadOnlyList<FoundQueueReading> queues = survey.List();
        Model.NoteTime(Clock.NowMs);
        Model.Recover(survey.Read(queues), survey.ReadDelayed(), survey.ReadPolicy(), _wasClean);
        ThrowIfBroken();
        History.Note("recovered", "", queues.Count);
        _clients.Enter();
    }

    /// <summary>Nothing goes wrong any more: everything that was begun comes to its end, and is compared with the model.</summary>
    private void Rest()
    {
        _clients.Leave();
        Settle();
        Model.Check(Machine.Broker.Durability.CongestionReason is null, $"publishers still wait: {Machine.Broker.Durability.CongestionReason}");
        var survey = new Survey(this);
        Model.CheckAtRest(survey.Read(survey.List()), survey.ReadDelayed(), Clock.NowMs);
        _clients.CheckAtRest();
        ThrowIfBroken();
    }

    private void Settle()
    {
        int steps = 0;
        for (int idle = 0; idle < 20;)
        {
            bool hasWorked = Machine.Scheduler.TryRunOne();
            ThrowIfBroken();
            if (!hasWorked)
            {
                idle++;
                Advance(TimeSpan.FromMilliseconds(1000));
            }

            Model.Check(++steps < RestStepsMax, "the broker does not come to rest");
        }
    }

    private void ThrowIfBroken()
    {
        if (Model.Violation is { } violation)
        {
            throw new ViolationException(violation);
        }
    }

    private sealed class DurabilityCall(Action call) : IDurabilityWaiter
    {
        public void OnCommitted(ulong committedIndex) => call();
    }
}
