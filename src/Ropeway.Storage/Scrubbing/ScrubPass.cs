using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// One pass over everything at rest in an open store: segments, bodies, the durable part of the journal. Who loses something is quarantined
/// with the exact range; everything else is moved out of the damaged place. Used by one thread; takes log gates one after the other, never over I/O.
/// </summary>
internal sealed class ScrubPass
{
    private readonly StoreSpaces _spaces;
    private readonly LogCatalog _catalog;
    private readonly Mover _mover;
    private readonly long _journalFileBytes;
    private readonly Action<int> _beforeRead;
    private readonly Action<StoreDamage> _onDamage;

    /// <param name="parts">The store.</param>
    /// <param name="beforeRead">Called before each read with its bytes; may wait, or throw to end the pass.</param>
    /// <param name="onDamage">Told what is damaged, after its victims were quarantined.</param>
    public ScrubPass(StoreParts parts, Action<int> beforeRead, Action<StoreDamage> onDamage)
    {
        _spaces = parts.Spaces;
        _catalog = parts.Catalog;
        _mover = parts.Mover;
        _journalFileBytes = parts.JournalFileBytes;
        _beforeRead = beforeRead;
        _onDamage = onDamage;
    }

    public void Run()
    {
        foreach (Segment segment in _spaces.Segments.Live.OrderBy(static segment => segment.Id))
        {
            CheckSegment(segment);
        }

        CheckBodies();
        CheckJournal();
    }

    private void CheckSegment(Segment segment)
    {
        using IDiskFile? file = _spaces.Segments.TryOpen(segment.Id);
        if (file is null)
        {
            return; // Deleted meanwhile.
        }

        file.DropCache(); // The disk is to be tested, not the memory.
        SegmentCheckResult result = SegmentCheck.Run(file, segment, _beforeRead);
        file.DropCache();
        if (result is { IsHeaderWhole: true, IsFooterWhole: true, Damaged.Count: 0 })
        {
            return;
        }

        if (!result.IsHeaderWhole || !result.IsFooterWhole)
        {
            Tell(DamageKind.SegmentFile, segment.Path, 0, file.Bytes, $"{segment.Path} is damaged in its {(result.IsHeaderWhole ? "footer" : "header")}", []);
        }

        foreach (SegmentEntry entry in result.Damaged)
        {
            List<DamageVictim> victims = [];
            if (_catalog.TryGet(entry.LogId, out StoredLog? log))
            {
                lock (log.Gate)
                {
                    DamageVictim victim = DamageVictims.OfSegmentBatch(log, segment.Id, entry);
                    if (victim.LostCount > 0)
                    {
                        victims.Add(victim);
                        log.SetQuarantine($"offsets {victim.FirstOffset} to {victim.EndOffset} are damaged in {Path.GetFileName(segment.Path)} at position {entry.Position}");
                    }
                }
            }

            Tell(DamageKind.SegmentBatch, segment.Path, entry.Position, entry.BatchBytes, $"{segment.Path} is damaged at position {entry.Position}: a batch of {entry.Count} records", victims);
        }

        _mover.Plan(new Evacuation(0, new HashSet<uint> { segment.Id }));
    }

    private void CheckBodies()
    {
        Dictionary<ulong, List<(StoredLog Log, long Offset)>> users = [];
        foreach (StoredLog log in _catalog.Durable)
        {
            lock (log.Gate)
            {
                foreach ((long offset, ulong id) in log.Index.Bodies)
                {
                    if (!users.TryGetValue(id, out List<(StoredLog Log, long Offset)>? list))
                    {
                        users[id] = list = [];
                    }

                    list.Add((log, offset));
                }
            }
        }

        foreach ((ulong id, List<(StoredLog Log, long Offset)> list) in users.OrderBy(static pair => pair.Key))
        {
            if (_spaces.Bodies.FindDamage(id, _beforeRead) is { } damage)
            {
                NoteBody(id, list, damage);
            }
        }
    }

    private void NoteBody(ulong id, List<(StoredLog Log, long Offset)> users, (long Position, long Bytes, string Text) damage)
    {
        List<DamageVictim> victims = [];
        foreach ((StoredLog log, long offset) in users)
        {
            lock (log.Gate)
            {
                if (log.Index.BodyOf(offset) == id) // Else it was settled meanwhile, and its file may be gone.
                {
                    victims.Add(new DamageVictim(log.Id, BatchType.Messages, offset, offset + 1, 1));
                    log.SetQuarantine($"offset {offset} is damaged in body-{id} at position {damage.Position}");
                }
            }
        }

        if (victims.Count > 0)
        {
            Tell(DamageKind.Body, _spaces.Bodies.PathOf(id), damage.Position, damage.Bytes, damage.Text, victims);
        }
    }

    private void CheckJournal()
    {
        long end = _spaces.Journal.DurablePosition;
        for (long start = _spaces.Journal.LiveStartPosition; start < end; start += _journalFileBytes)
        {
            if (!_spaces.Journal.TryPinFile(start, out JournalFilePin pin))
            {
                continue; // Recycled meanwhile.
            }

            List<(long Start, long End)> damaged;
            using (pin)
            {
                pin.DropCache();
                damaged = JournalCheck.Run(pin, end, _beforeRead);
            }

            damaged.ForEach(NoteJournal);
        }
    }

    private void NoteJournal((long Start, long End) damage)
    {
        List<DamageVictim> victims = [];
        foreach (StoredLog log in _catalog.Durable)
        {
            victims.AddRange(JournalLosses.Take(log, damage.Start, damage.End));
        }

        long number = damage.Start / _journalFileBytes;
        string path = JournalFile.PathOf(_spaces.Directory, number);
        Tell(DamageKind.Journal, path, damage.Start % _journalFileBytes, damage.End - damage.Start, $"The journal is damaged at positions {damage.Start} to {damage.End} ('{path}')", victims);
        _mover.Plan(new Evacuation((number + 1) * _journalFileBytes, new HashSet<uint>())); // What is in memory still is safe then, and a start does not read the place.
    }

    private void Tell(DamageKind kind, string path, long position, long bytes, string text, IReadOnlyList<DamageVictim> victims) =>
        _onDamage(new StoreDamage { Kind = kind, File = Path.GetFileName(path), Position = position, Bytes = bytes, Text = text, Victims = victims });
}
