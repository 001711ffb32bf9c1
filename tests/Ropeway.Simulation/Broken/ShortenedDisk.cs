using Ropeway.Simulation.Disk;
using Ropeway.Storage;
using Ropeway.Storage.Journaling;

namespace Ropeway.Simulation.Broken;

/// <summary>After a power cut the journal ends before its last messages: as if recovery had cut them off with a torn tail.</summary>
internal sealed class ShortenedDisk(IDiskWatcher watcher) : SimulatedDisk(watcher)
{
    protected override void OnPowerCut()
    {
        long cutAt = -1;
        ulong lastIndex = 0;
        foreach ((string path, SimulatedFile file) in Files.Where(pair => JournalBytes.IsJournal(pair.Key)))
        {
            JournalBytes.Visit(file.Visible.ToArray(), JournalBytes.PositionOf(path, 0), (batch, position, in header) =>
            {
                if (header.Type == BatchType.Messages && header.Index > lastIndex && BatchHeader.TryValidate(batch, (ulong)position, out _))
                {
                    lastIndex = header.Index;
                    cutAt = position;
                }
            });
        }

        foreach ((string path, SimulatedFile file) in Files.Where(pair => JournalBytes.IsJournal(pair.Key) && cutAt >= 0))
        {
            int keptBytes = (int)Math.Clamp(cutAt - JournalBytes.PositionOf(path, 0), 0, file.Count);
            byte[] content = file.Visible.ToArray();
            content.AsSpan(keptBytes).Clear();
            file.Replace(content);
        }
    }

    protected override SimulatedDisk MakeNew() => new ShortenedDisk(Watcher);
}
