using Ropeway.Simulation.Disk;

namespace Ropeway.Simulation.Broken;

/// <summary>Directories are never synced: new names are durable by chance only.</summary>
internal sealed class NamelessDisk(IDiskWatcher watcher) : SimulatedDisk(watcher)
{
    protected override void MakeNamesDurable(string directory)
    {
    }

    protected override SimulatedDisk MakeNew() => new NamelessDisk(Watcher);
}
