using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Simulation.Disk;
using Ropeway.Simulation.Steps;
using Ropeway.Storage;

namespace Ropeway.Simulation;

/// <summary>A broker from its start to its end: the real store and core on a simulated disk, clock and scheduler.</summary>
internal sealed class Machine : IDisposable
{
    public const string Directory = "/data";
    public const int JournalFileBytes = 32 * 1024;
    private const int BlockBytes = 16 * 1024;

    private readonly World _world;
    private Store? _store;
    private Broker? _broker;
    private VirtualHost? _host;

    public Machine(World world, SimulatedDisk disk)
    {
        _world = world;
        Disk = disk;
        Scheduler = new StepScheduler(world.Random, world.History, world.Clock);
    }

    public SimulatedDisk Disk { get; }

    public StepScheduler Scheduler { get; }

    public Store Store => _store!;

    public Broker Broker => _broker!;

    public VirtualHost Host => _host!;

    /// <summary>Whether clients can use it.</summary>
    public bool IsOpen => _host is not null && !IsOff && Failure is null;

    /// <summary>It is switched off or killed.</summary>
    public bool IsOff => Scheduler.IsOff;

    /// <summary>The store has failed; the process ends.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Recovers what is on the disk.</summary>
    /// <exception cref="StoreException">It cannot.</exception>
    public void Open()
    {
        _store = Store.Open(new StoreOptions
        {
            Directory = Directory,
            Disk = Disk,
            Steps = Scheduler,
            Time = _world.Clock,
            Logger = _world.Log,
            OnFailed = OnFailed,
            TailBlockBytes = BlockBytes,
            JournalFileBytes = JournalFileBytes,
            JournalFiles = 4,
            TailBytesMax = 3 * BlockBytes,
            TransientBytesMax = 2 * BlockBytes,
            UnsyncedBytesMax = 4 * BlockBytes,
        });
        _broker = new Broker(_store, new BrokerOptions
        {
            FirstStart = null,
            Time = _world.Clock,
            Chance = () => _world.Random.Next(1000) / 1000.0,
            Logger = _world.Log,
            Pool = Scheduler,
        });
        _broker.VirtualHosts.Create("/", out _host);
    }

    /// <summary>Ends it in an orderly way.</summary>
    /// <returns>False when it failed or was switched off meanwhile.</returns>
    public bool TryStop()
    {
        _broker!.Dispose();
        _store!.Dispose();
        return Failure is null && !IsOff;
    }

    /// <summary>Nothing of it goes on, and nothing that it says counts.</summary>
    public void SwitchOff()
    {
        Scheduler.IsOff = true;
        _world.Clock.ForgetTimers();
    }

    /// <summary>Gives back its memory. It is off.</summary>
    public void Dispose()
    {
        try
        {
            Scheduler.End();
            foreach (Queue queue in _host?.ListQueues() ?? [])
            {
                queue.OnDeleted(); // Ends reading.
            }

            _broker?.Deadlines.Dispose();
            _broker?.Authenticator.Dispose();
            _store?.Dispose();
        }
        catch (Exception fault) when (ErrorLog.IsOfTheDisk(fault))
        {
            // As expected: there is no disk any more.
        }
    }

    private void OnFailed(Exception cause)
    {
        _world.History.Note("failed", cause.Message);
        Failure = cause;
        if (!ErrorLog.IsOfTheDisk(cause) && cause is not ViolationException)
        {
            _world.Model.Fail($"the store has failed: {cause}");
        }
    }
}
