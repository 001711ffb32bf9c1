using Ropeway.Core.Queues;
using Ropeway.Simulation.Steps;
using Ropeway.Storage;

namespace Ropeway.Simulation.Clients;

/// <summary>What clients and operators do, one random operation after the other.</summary>
internal sealed class ClientWork
{
    private readonly World _world;
    private readonly Publishers _publishers;
    private readonly Consumers _consumers;
    private readonly StreamReaders _readers;
    private readonly TopologyClients _topology;
    private bool _isActive;
    private bool _isStepping;
    private bool _wantsCheckpoint;
    private int _fullUntil;

    public ClientWork(World world)
    {
        _world = world;
        _consumers = new Consumers(world);
        _readers = new StreamReaders(world);
        _publishers = new Publishers(world, _consumers);
        _topology = new TopologyClients(world, _consumers, _readers);
    }

    /// <summary>Operations so far.</summary>
    public int Count { get; private set; }

    /// <summary>A broker is there.</summary>
    public void Enter()
    {
        _publishers.Enter();
        _consumers.Enter();
        _readers.Enter();
        _topology.Enter();
        _isActive = true;
        _wantsCheckpoint = false;
        _fullUntil = 0;
        _world.Machine.Scheduler.AddShort("clients", Step);
        _world.Machine.Scheduler.AddShort("clients", Step); // Twice as often as each work of the broker, but never within each other.
        _world.Machine.Scheduler.Add("operator", () => _wantsCheckpoint && _world.Machine.IsOpen, TryCheckpoint);
    }

    /// <summary>Nothing goes on any more: what clients have got is compared with the model.</summary>
    public void CheckAtRest()
    {
        _readers.CheckAtRest();
        _consumers.CheckAtRest();
    }

    /// <summary>Nobody does anything any more; what was begun goes on.</summary>
    public void Leave()
    {
        _isActive = false;
        _world.Machine.Disk.CapacityBytes = long.MaxValue;
    }

    private bool Step()
    {
        if (!_isActive || !_world.Machine.IsOpen || _isStepping)
        {
            return false;
        }

        _isStepping = true;
        try
        {
            Count++;
            _world.Coverage.Count("operation");
            if (_fullUntil > 0 && Count >= _fullUntil)
            {
                _fullUntil = 0;
                _world.Machine.Disk.CapacityBytes = long.MaxValue;
                _world.History.Note("disk has room");
            }

            _world.Advance(TimeSpan.FromMicroseconds(_world.Random.Next(3000)));
            Do(_world.Random.Next(105));
            _publishers.GoOn();
        }
        catch (StoreException fault) when (_world.Machine.Failure is null && !_world.Machine.IsOff)
        {
            _world.Model.Fail($"a client got {fault.Message}");
        }
        catch (Exception fault) when (ErrorLog.IsOfTheDisk(fault))
        {
            _world.History.Note("client fails", fault.GetType().Name); // Its broker is gone.
        }
        finally
        {
            _isStepping = false;
        }

        return true;
    }

    private void Do(int dice)
    {
        switch (dice)
        {
            case < 34:
                _publishers.Do(dice);
                break;
            case < 76:
                _consumers.Do(dice - 34);
                break;
            case < 86:
                _topology.Do(dice - 76);
                break;
            case < 93:
                _world.Advance(TimeSpan.FromMilliseconds(_world.Random.Next(4) == 0 ? _world.Random.Next(3000) : _world.Random.Next(30)));
                break;
            case < 95:
                _wantsCheckpoint = true;
                break;
            case < 96:
                StepClock();
                break;
            case < 97:
                _world.SlowDown();
                break;
            case < 98:
                FillDisk();
                break;
            case < 100:
                _world.Machine.Scheduler.Interleave(80);
                break;
            default:
                _readers.Do(dice - 100);
                break;
        }
    }

    private void StepClock()
    {
        long ms = _world.Random.Next(2) == 0 ? _world.Random.Next(3000) : _world.Random.Next(3_600_000);
        bool isBack = _world.Random.Chance(50);
        _world.StepClock(TimeSpan.FromMilliseconds(isBack ? -ms : ms));
        _world.Coverage.Count(isBack ? "clock stepped back" : "clock stepped forward");
    }

    private void FillDisk()
    {
        if (_fullUntil == 0)
        {
            _fullUntil = Count + 10 + _world.Random.Next(60);
            _world.Machine.Disk.CapacityBytes = _world.Machine.Disk.UsedBytes + _world.Random.Next(2 * Machine.JournalFileBytes);
            _world.Coverage.Count("full disk");
            _world.History.Note("disk is full");
        }
    }

    private bool TryCheckpoint()
    {
        _wantsCheckpoint = false;
        try
        {
            _world.Machine.Store.Checkpoint();
        }
        catch (Exception fault) when (ErrorLog.IsOfTheDisk(fault))
        {
            _world.History.Note("no checkpoint", fault.GetType().Name);
        }

        return true;
    }
}
