using Ropeway.Simulation.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Simulation.Broken;

/// <summary>After a power cut all checksums in the journal are right: as if nobody looked at them.</summary>
internal sealed class UncheckedDisk(IDiskWatcher watcher) : SimulatedDisk(watcher)
{
    protected override void OnPowerCut()
    {
        foreach ((string path, SimulatedFile file) in Files)
        {
            if (JournalBytes.IsJournal(path))
            {
                byte[] content = file.Visible.ToArray();
                JournalBytes.Visit(content, JournalBytes.PositionOf(path, 0), static (batch, position, in _) => BatchHeader.Seal(batch, (ulong)position));
                file.Replace(content);
            }
        }
    }

    protected override SimulatedDisk MakeNew() => new UncheckedDisk(Watcher);
}
