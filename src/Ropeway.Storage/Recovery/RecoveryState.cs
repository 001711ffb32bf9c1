using System.Buffers.Binary;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// Rebuilds the state in memory: a checkpoint, then the segments it lists, then every journal batch in order. It changes nothing on
/// the disk. Applying a batch twice, or over a state that already knows it, gives the same state. The batches of a unit are applied
/// at its end, those of a unit without end never. What is damaged goes to the ledger, which may refuse to go on without it.
/// </summary>
internal sealed class RecoveryState : IJournalVisitor
{
    private readonly StoreSpaces _spaces;
    private readonly LogCatalog _catalog;
    private readonly MetadataState _metadata;
    private readonly DamageLedger _ledger;
    private readonly long _journalFileBytes;
    private readonly long _metadataKnownBelow;
    private readonly Action<RecoveryProgress>? _onProgress;
    private readonly PendingUnits _units = new();
    private readonly List<JournalDamage> _damages = [];

    public RecoveryState(StoreSpaces spaces, LogCatalog catalog, MetadataState metadata, RecoveryOptions options)
    {
        _onProgress = options.OnProgress;
        _ledger = options.Ledger;
        _journalFileBytes = options.Header.JournalFileBytes;
        _metadataKnownBelow = options.MetadataKnownBelow;
        _spaces = spaces;
        _catalog = catalog;
        _metadata = metadata;
    }

    /// <summary>Batches of the journal that were read; its own housekeeping not counted.</summary>
    public long BatchCount { get; private set; }

    /// <summary>How many bytes in front of the records of a batch say where their bodies are.</summary>
    /// <param name="flags">The batch's flags.</param>
    public static int NeededBytes(byte flags) =>
        ((flags & BatchHeader.ExternalBody) == 0 ? 0 : AppendSpace.ExternalHeaderBytes) + ((flags & BatchHeader.Referring) == 0 ? 0 : SharedReference.Bytes);

    /// <summary>Starts from a checkpoint.</summary>
    /// <exception cref="StoreException">Damaged: a segment cannot be read, and the ledger is strict.</exception>
    public void Load(CheckpointImage image)
    {
        foreach ((byte[] key, byte[] value) in image.Metadata)
        {
            _metadata.Put(key, value);
        }

        _catalog.RaiseNextId(image.NextLogId);
        _spaces.Bodies.RaiseNextId(image.NextBodyId);
        foreach (LogImage known in image.Logs)
        {
            _catalog.CreateLog(known.Id);
            if (_catalog.TryGet(known.Id, out StoredLog? log))
            {
                ref LogIndex index = ref log.Index;
                index.Start = known.Start;
                index.End = known.End;
                index.Settled = known.Settled;
                index.Marks = known.Marks;
                index.Kept = known.Kept;
                log.RecoverHorizon(known.Horizon);
                foreach (Run damaged in known.Damaged)
                {
                    index.Recover(damaged, bodyId: 0, _spaces.BlockBytes);
                }

                if (known.Quarantine is not null)
                {
                    log.SetQuarantine(known.Quarantine);
                }
            }
        }

        LoadSegments(image);
    }

    public void OnBatch(in BatchHeader header, ReadOnlySpan<byte> payload, long position)
    {
        BatchCount++;
        if (header.Type == BatchType.Metadata && position < _metadataKnownBelow)
        {
            // All of these are in the checkpoint: an older one over it would be wrong when the newer one behind it is damaged.
        }
        else if (header.Type == BatchType.Metadata)
        {
            _metadata.Apply(payload, _catalog);
            _catalog.DropDeleted();
        }
        else if (header.Type == BatchType.UnitEnd)
        {
            EndUnit((ulong)header.FirstOffset);
        }
        else if (!_catalog.TryGet(header.LogId, out StoredLog? log))
        {
            // It was deleted: ids are never reused.
        }
        else if ((header.Flags & BatchHeader.InUnit) == 0)
        {
            Apply(log, header, payload, position);
        }
        else
        {
            _units.Add(header, payload, position);
            if (header.Type == BatchType.Messages)
            {
                log.Index.End = Math.Max(log.Index.End, header.FirstOffset + header.Count); // Given, whatever becomes of the unit.
            }
        }
    }

    public void OnDamage(JournalDamage damage)
    {
        _ledger.Note(Describe(damage));
        _damages.Add(damage); // Who refers to a shared part in it comes later.
        StorageLog.JournalDamaged(_spaces.Logger, damage.Start, damage.End, damage.Victims.Count);
        foreach (GroupEntry victim in damage.Victims)
        {
            if (victim.Type == BatchType.UnitEnd)
            {
                EndUnit((ulong)victim.FirstOffset); // Nothing is lost: the directory says all that was in it.
                continue;
            }

            if (!_catalog.TryGet(victim.LogId, out StoredLog? log))
            {
                continue;
            }

            if (victim.Type == BatchType.Messages)
            {
                Run run = new() { First = victim.FirstOffset, Span = (uint)victim.Count };
                AddDamaged(log, run);
                log.SetQuarantine($"offsets {run.First} to {run.End} are damaged in the journal at position {victim.Position}");
            }
            else
            {
                log.SetQuarantine($"a {victim.Type} record is damaged in the journal at position {victim.Position}");
            }
        }
    }

    /// <summary>Ends the recovery: what lies nowhere is a gap, and offsets that may have been seen are not given again.</summary>
    /// <returns>Unsettled records.</returns>
    public long Complete()
    {
        if (_units.Count > 0)
        {
            StorageLog.UnitsDropped(_spaces.Logger, _units.Count);
        }

        long records = 0;
        foreach (StoredLog log in _catalog.Durable)
        {
            log.Index.FillGaps(log.RecoveredHorizon);
            records += log.UnsettledCount;
        }

        return records;
    }

    private void EndUnit(ulong unit)
    {
        foreach (PendingBatch batch in _units.Take(unit))
        {
            if (_catalog.TryGet(batch.Header.LogId, out StoredLog? log))
            {
                Apply(log, batch.Header, batch.Payload, batch.Position);
            }
        }
    }

    private void Apply(StoredLog log, in BatchHeader header, ReadOnlySpan<byte> payload, long position)
    {
        switch (header.Type)
        {
            case BatchType.Messages:
                AddMessages(log, header, payload, position);
                break;
            case BatchType.Settle or BatchType.Keep or BatchType.Revive:
                for (; payload.Length >= 16; payload = payload[16..])
                {
                    long start = BinaryPrimitives.ReadInt64LittleEndian(payload);
                    long end = BinaryPrimitives.ReadInt64LittleEndian(payload[8..]);
                    log.Index.End = Math.Max(log.Index.End, end); // Transient offsets that were seen, too.
                    log.Index.Change(header.Type, start, end, _spaces);
                }

                break;
            case BatchType.Marks:
                for (; payload.Length >= 16; payload = payload[16..])
                {
                    log.Index.Mark(BinaryPrimitives.ReadInt64LittleEndian(payload), BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]));
                }

                break;
            case BatchType.Horizon:
                log.RecoverHorizon(BinaryPrimitives.ReadInt64LittleEndian(payload));
                break;
            default:
                break; // The journal's own housekeeping.
        }
    }

    /// <summary>Adds a batch of messages.</summary>
    /// <param name="log">Its log.</param>
    /// <param name="header">Its header.</param>
    /// <param name="payload">At least <see cref="NeededBytes"/> of its payload, without the id of a unit.</param>
    /// <param name="position">Journal position of its header.</param>
    private void AddMessages(StoredLog log, in BatchHeader header, ReadOnlySpan<byte> payload, long position)
    {
        ulong bodyId = (header.Flags & BatchHeader.ExternalBody) == 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(payload);
        SharedReference reference = (header.Flags & BatchHeader.Referring) == 0 ? default : SharedReference.Read(payload);
        long start = position - reference.BackBytes;
        Run run = new()
        {
            First = header.FirstOffset,
            Where = (ulong)start,
            Span = (uint)header.Count,
            Bytes = (uint)(reference.BackBytes + header.BatchBytes),
            Kind = RunKind.Journal,
            Tag = header.Tag,
            Flags = Run.FlagsOf(header.Flags),
        };
        if (run.IsReferring && _damages.Count > 0 && FindDamage(start) is { } damage)
        {
            LoseRest(log, run, damage);
        }
        else if (AddRun(log, run, bodyId) > 0)
        {
            log.Index.Runs!.RecoveredJournalBytes += header.BatchBytes + reference.SharedBytes;
        }
    }

    private JournalDamage? FindDamage(long position) => _damages.Find(damage => damage.Start <= position && position < damage.End);

    /// <summary>The records of a run go on in a damaged place. Who was settled, or moved to a segment before, loses nothing.</summary>
    private void LoseRest(StoredLog log, in Run run, JournalDamage damage)
    {
        if (AddDamaged(log, run) > 0)
        {
            _ledger.AddVictim(damage.Start, new DamageVictim(log.Id, BatchType.Messages, run.First, run.End, LostCount: 0));
            log.SetQuarantine($"offsets {run.First} to {run.End} go on in bytes that are damaged in the journal at position {damage.Start}");
        }
    }

    /// <returns>Live records of what was added.</returns>
    private long AddDamaged(StoredLog log, in Run run) =>
        log.Index.Recover(new Run { First = run.First, Span = run.Span, Kind = RunKind.Damaged }, bodyId: 0, _spaces.BlockBytes);

    private long AddRun(StoredLog log, Run run, ulong bodyId)
    {
        long added = log.Index.Recover(run, bodyId, _spaces.BlockBytes);
        if (added > 0 && bodyId != 0)
        {
            _spaces.Bodies.RecoverReference(bodyId);
        }

        return added;
    }

    private void LoadSegments(CheckpointImage image)
    {
        List<(ulong LogId, Run Run, ulong BodyId)> found = [];
        foreach (SegmentImage known in image.Segments)
        {
            LoadSegment(known, found);
            _onProgress?.Invoke(new RecoveryProgress(0, 1)); // No byte of the journal yet, but alive.
        }

        _spaces.Segments.NextId = image.NextSegmentId;
        found.Sort(static (a, b) => a.LogId != b.LogId ? a.LogId.CompareTo(b.LogId) : a.Run.First.CompareTo(b.Run.First));
        foreach ((ulong logId, Run run, ulong bodyId) in found)
        {
            if (_catalog.TryGet(logId, out StoredLog? log))
            {
                _spaces.Segments.AddLive(run.FileId, AddRun(log, run, bodyId));
            }
        }
    }

    private void LoadSegment(SegmentImage known, List<(ulong LogId, Run Run, ulong BodyId)> found)
    {
        string path = _spaces.Segments.PathOf(known.Id);
        using Disk.IDiskFile? file = _spaces.Segments.TryOpen(known.Id);
        if (file is null)
        {
            NoteSegment(path, 0, "is missing, the checkpoint lists it", $"{known.RecordCount} records of unknown queues, settled ones among them");
            return;
        }

        List<SegmentEntry> entries = SegmentReader.ReadEntries(file, known.Id, known.EntryCount, out bool wasRebuilt);
        if (wasRebuilt)
        {
            StorageLog.FooterRebuilt(_spaces.Logger, path, entries.Count);
            bool isComplete = entries.Count == known.EntryCount;
            NoteSegment(
                path,
                file.Bytes,
                isComplete ? "is damaged in its footer" : $"is damaged: {entries.Count} of {known.EntryCount} batches could be read, and the footer that would name the others could not",
                isComplete ? null : $"{known.RecordCount - entries.Sum(static entry => entry.Count)} records of unknown queues, settled ones perhaps among them");
        }

        _spaces.Segments.Add(new Segment(known.Id, path, file.Bytes, known.EntryCount, known.RecordCount));
        foreach (SegmentEntry entry in entries)
        {
            found.Add((entry.LogId, entry.ToRun(known.Id, RunKind.Segment), entry.BodyId));
        }
    }

    private void NoteSegment(string path, long bytes, string text, string? loss) => _ledger.Note(new StoreDamage
    {
        Kind = DamageKind.SegmentFile,
        File = Path.GetFileName(path),
        Position = 0,
        Bytes = bytes,
        Text = $"{path} {text}",
        IsRefused = loss is not null,
        Loss = loss,
    });

    private StoreDamage Describe(JournalDamage damage)
    {
        string path = JournalFile.PathOf(_spaces.Directory, damage.Start / _journalFileBytes);
        int metadataCount = damage.Victims.Count(static victim => victim.Type == BatchType.Metadata);
        string loss = (metadataCount > 0 ? $"{metadataCount} changes of definitions, " : string.Empty)
            + $"and all that these {damage.End - damage.Start} bytes held besides the records that are named";
        return new StoreDamage
        {
            Kind = DamageKind.Journal,
            File = Path.GetFileName(path),
            Position = damage.Start % _journalFileBytes,
            Bytes = damage.End - damage.Start,
            JournalPosition = damage.Start,
            Text = $"The journal is damaged at positions {damage.Start} to {damage.End} ('{path}')" + (damage.Refusal is null ? string.Empty : $": {damage.Refusal}"),
            IsRefused = damage.Refusal is not null,
            Loss = damage.Refusal is null ? null : loss,
            Victims = [.. damage.Victims.Where(static victim => victim.LogId != 0 || victim.Type == BatchType.Metadata).Select(ToVictim)],
        };
    }

    private static DamageVictim ToVictim(GroupEntry victim) => new(
        victim.LogId, victim.Type, victim.FirstOffset, victim.Type == BatchType.Messages ? victim.FirstOffset + victim.Count : victim.FirstOffset, LostCount: 0);
}
