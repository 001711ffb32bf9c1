using Ropeway.Simulation.Disk;
using Ropeway.Simulation.Model;
using Ropeway.Simulation.Steps;

namespace Ropeway.Simulation;

/// <summary>Runs seeds. Any thread may run one; each runs on its caller's thread alone.</summary>
internal static class Simulation
{
    /// <summary>Runs one seed.</summary>
    /// <param name="seed">Everything follows from it.</param>
    /// <param name="coverage">Gets what occurred; null when nobody wants to know.</param>
    /// <param name="makeDisk">Null for the usual disk.</param>
    /// <param name="trace">Told everything that happens; null for nobody.</param>
    public static Verdict Run(ulong seed, Coverage? coverage = null, Func<IDiskWatcher, SimulatedDisk>? makeDisk = null, TextWriter? trace = null)
    {
        var world = new World(seed, makeDisk ?? (watcher => new SimulatedDisk(watcher)), trace);
        string? violation = null;
        string detail = string.Empty;
        try
        {
            world.Run();
        }
        catch (ViolationException broken)
        {
            violation = broken.Message;
        }
        catch (Exception fault) // Whatever it is, it was not to happen.
        {
            violation = world.Model.Violation ?? fault.Message;
            detail = fault.ToString();
        }

        coverage?.Add(world.Coverage);
        var verdict = new Verdict(seed, violation, world.History.Hash, violation is null ? string.Empty : world.History.Tail(40) + detail);
        world.End();
        return verdict;
    }
}
