using Ropeway.Simulation.Disk;

namespace Ropeway.Simulation.Broken;

/// <summary>The journal is never synced: as if what is confirmed had only been written.</summary>
internal sealed class UnsyncedDisk(IDiskWatcher watcher) : SimulatedDisk(watcher)
{
    internal override void Sync(SimulatedFile file, string path)
    {
        if (!JournalBytes.IsJournal(path))
        {
            base.Sync(file, path);
        }
    }

    protected override SimulatedDisk MakeNew() => new UnsyncedDisk(Watcher);
}
