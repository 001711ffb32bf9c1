using System.Globalization;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Saves what a repair takes out, as it lies on the disk, in the quarantine directory. A name says where it was; what is saved already stays.</summary>
internal sealed class DamagedBytes
{
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly string _quarantine;
    private readonly int _journalFileBytes;
    private readonly List<string> _saved = [];

    public DamagedBytes(IDisk disk, string directory, int journalFileBytes)
    {
        _disk = disk;
        _directory = directory;
        _quarantine = Path.Combine(directory, StoreFiles.QuarantineDirectory);
        _journalFileBytes = journalFileBytes;
        disk.CreateDirectory(_quarantine);
        disk.SyncDirectory(directory);
    }

    /// <summary>The files, relative to the data directory.</summary>
    public IReadOnlyList<string> Saved => _saved;

    /// <summary>Copies what a damage concerns.</summary>
    public void Save(StoreDamage damage)
    {
        switch (damage.Kind)
        {
            case DamageKind.Journal:
                SaveJournal(damage.JournalPosition, damage.JournalPosition + damage.Bytes);
                break;
            case DamageKind.SegmentBatch:
                Save(damage.File, damage.Position, damage.Bytes, string.Create(CultureInfo.InvariantCulture, $"{damage.File}-at-{damage.Position}"));
                break;
            case DamageKind.Header or DamageKind.Body:
            case DamageKind.SegmentFile when damage.Loss is not null:
                Save(damage.File, 0, long.MaxValue, damage.File);
                break;
            default:
                break; // Nothing of it is taken out.
        }
    }

    /// <summary>Moves a file away.</summary>
    public void Take(string name)
    {
        string target = Path.Combine(_quarantine, name);
        for (int copy = 1; _disk.Exists(target); copy++)
        {
            target = Path.Combine(_quarantine, $"{name}.{copy}");
        }

        _disk.Rename(Path.Combine(_directory, name), target);
        _disk.SyncDirectory(_quarantine);
        _disk.SyncDirectory(_directory);
        _saved.Add(Path.GetRelativePath(_directory, target));
    }

    private void SaveJournal(long start, long end)
    {
        for (long at = start; at < end;)
        {
            long number = at / _journalFileBytes;
            long partEnd = Math.Min(end, (number + 1) * _journalFileBytes);
            Save(JournalFile.NameOf(number), at % _journalFileBytes, partEnd - at, string.Create(CultureInfo.InvariantCulture, $"journal-at-{at}"));
            at = partEnd;
        }
    }

    private void Save(string name, long position, long bytes, string savedName)
    {
        string source = Path.Combine(_directory, name);
        string target = Path.Combine(_quarantine, savedName);
        if (_disk.Exists(source))
        {
            if (!_disk.Exists(target))
            {
                DurableFiles.Copy(_disk, source, position, bytes, target);
            }

            _saved.Add(Path.GetRelativePath(_directory, target));
        }
    }
}
