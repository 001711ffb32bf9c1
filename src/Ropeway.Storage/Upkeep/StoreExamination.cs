using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// A data directory, read as a start reads it, but past what a start refuses, and then file by file with every checksum. It changes nothing
/// on the disk. Used by one thread that holds the directory's lock.
/// </summary>
internal sealed class StoreExamination : IDisposable
{
    private readonly StoreOptions _options;
    private readonly IDisk _disk;
    private readonly string _directory;
    private readonly List<StoreDamage> _damages = [];
    private readonly HashSet<ulong> _wholeBodies = [];
    private List<CheckpointImage> _images = [];
    private RecoveredStore? _recovered;
    private CheckpointImage? _start;
    private long _segmentBatchCount;

    private StoreExamination(StoreOptions options)
    {
        _options = options;
        _disk = options.Disk;
        _directory = Path.GetFullPath(options.Directory);
    }

    public StoreHeader Header { get; private set; }

    /// <summary>The checkpoint to start from: the newest with which nothing is lost without a name, or the newest.</summary>
    public CheckpointImage Start => _start!;

    /// <summary>Names of valid checkpoints that are newer than <see cref="Start"/>.</summary>
    public IReadOnlyList<string> PassedOver { get; private set; } = [];

    /// <summary>No checkpoint can be read, but the journal is there from its first batch on and says everything.</summary>
    public bool IsFromOrigin { get; private set; }

    public RecoveredStore Recovered => _recovered!;

    public IReadOnlyList<StoreDamage> Damages => _damages;

    /// <summary>Reads a directory.</summary>
    /// <exception cref="StoreException">Io: there is no store or the system refused. NewerVersion. Damaged: no state of it can be read.</exception>
    public static StoreExamination Run(StoreOptions options)
    {
        StoreExamination examination = new(options);
        try
        {
            examination.Read();
            return examination;
        }
        catch (IOException fault)
        {
            examination.Dispose();
            throw new StoreException(StoreFault.Io, fault.Message, fault);
        }
        catch
        {
            examination.Dispose();
            throw;
        }
    }

    public StoreReport ToReport() => new()
    {
        Directory = _directory,
        FormatVersion = (int)Header.FormatVersion,
        CheckpointCount = _images.Count,
        JournalBytes = Recovered.Scan.EndPosition - Recovered.Scan.StartPosition,
        JournalBatchCount = Recovered.BatchCount,
        TornBytes = Recovered.Scan.CutBytes,
        SegmentCount = Recovered.Spaces.Segments.Count,
        SegmentBatchCount = _segmentBatchCount,
        BodyCount = _wholeBodies.Count,
        LogCount = Recovered.Catalog.DurableCount,
        RecordCount = Recovered.RecordCount - LostCount(isKept: false),
        LostCount = LostCount(isKept: true),
        Damages = _damages,
        Metadata = Recovered.Metadata.Snapshot(),
    };

    public void Dispose() => _recovered?.Dispose();

    private void Read()
    {
        ReadHeader();
        CheckpointFiles files = new(_disk, _directory);
        _images = files.ReadAll(_options.Logger, out List<string> damaged);
        foreach (string path in damaged)
        {
            using IDiskFile file = _disk.Open(path, writable: false);
            bool isRefused = _images.Count == 0;
            Note(new StoreDamage { Kind = DamageKind.Checkpoint, File = Path.GetFileName(path), Position = 0, Bytes = file.Bytes, Text = $"{path} is damaged", IsRefused = isRefused });
        }

        ChooseStart(CheckOrigin(files, damaged.Count > 0));
        NoteQuarantined();
        NoteOthersLost();
        foreach (Segment segment in Recovered.Spaces.Segments.Live.OrderBy(static segment => segment.Id))
        {
            CheckSegment(segment);
        }

        CheckBodies();
    }

    private void ReadHeader()
    {
        bool isThere = _disk.Exists(_directory) || _disk is not PosixDisk;
        StoreException? fault = null;
        try
        {
            if (isThere && StoreHeader.Read(_disk, _directory) is { } header)
            {
                Header = header;
                return;
            }
        }
        catch (StoreException damaged) when (damaged.Kind == StoreFault.Damaged)
        {
            fault = damaged;
        }

        string path = Path.Combine(_directory, StoreFiles.Header);
        if (!isThere || StoreFiles.FindContent(_disk, _directory) is null)
        {
            throw fault ?? new StoreException(StoreFault.Io, $"{_directory} holds no store.");
        }

        Header = LostHeader.Find(_disk, _directory, _options.Time.GetUtcNow())
            ?? throw new StoreException(StoreFault.Damaged, $"{path} is {(fault is null ? "lost" : "damaged")}, and so is the journal that would tell what it said.");
        Note(new StoreDamage { Kind = DamageKind.Header, File = StoreFiles.Header, Position = 0, Bytes = fault is null ? 0 : StoreHeader.HeaderBytes, Text = $"{path} is {(fault is null ? "not there" : "damaged")}", IsRefused = true });
    }

    /// <summary>Where to start without any checkpoint: at the first batch ever, when it is still there.</summary>
    private CheckpointImage? CheckOrigin(CheckpointFiles files, bool hasDamaged)
    {
        if (_images.Count > 0)
        {
            return null;
        }

        CheckpointImage origin = new() { Generation = files.NextGeneration };
        string path = JournalFile.PathOf(_directory, 0);
        if (_disk.Exists(path))
        {
            using IDiskFile file = _disk.Open(path, writable: false);
            byte[] bytes = new byte[BatchHeader.HeaderBytes];
            IsFromOrigin = file.Read(bytes, 0) == bytes.Length && BatchHeader.TryRead(bytes, out BatchHeader first) && first.Index == 1;
        }

        if (!IsFromOrigin && (hasDamaged || StoreFiles.FindContent(_disk, _directory) is not null))
        {
            string reason = hasDamaged ? "all its checkpoints are damaged" : "it has no checkpoint";
            throw new StoreException(StoreFault.Damaged, $"{_directory} cannot be read: {reason}, and the journal does not reach back to its beginning. Restore a backup.");
        }

        if (!hasDamaged && IsFromOrigin)
        {
            Note(new StoreDamage { Kind = DamageKind.NoCheckpoint, File = StoreFiles.CheckpointPrefix + origin.Generation, Position = 0, Bytes = 0, Text = $"{_directory} has no checkpoint", IsRefused = true });
        }

        return origin;
    }

    private void ChooseStart(CheckpointImage? origin)
    {
        List<CheckpointImage> choices = origin is null ? _images : [origin];
        DamageLedger first = Recover(choices[0], choices.Count > 1 ? choices[1].SyncedPosition : 0);
        if (!first.HasLoss || choices.Count == 1 || !TryOlder(choices[1], first))
        {
            _damages.AddRange(first.Damages.Select(WithLosses));
        }
    }

    /// <summary>What is lost with the newest checkpoint may be whole with the one before it and the journal between them.</summary>
    private bool TryOlder(CheckpointImage older, DamageLedger newest)
    {
        CheckpointImage newer = _start!;
        RecoveredStore before = _recovered!;
        older.SyncedPosition = Math.Max(older.SyncedPosition, newer.SyncedPosition); // Else an end of the journal that is lost would look like one that a crash cut short.
        DamageLedger ledger = Recover(older, metadataKnownBelow: 0);
        if (ledger.HasLoss)
        {
            _recovered!.Dispose();
            (_recovered, _start) = (before, newer);
            return false;
        }

        before.Dispose();
        PassedOver = [StoreFiles.CheckpointPrefix + newer.Generation];
        foreach (StoreDamage damage in newest.Damages.Where(damage => damage.Loss is not null))
        {
            Note(damage with { Loss = null, Text = damage.Text + "; the older checkpoint and the journal have all of it" });
        }

        _damages.AddRange(ledger.Damages.Where(damage => !_damages.Exists(known => known.File == damage.File && known.Position == damage.Position)).Select(WithLosses));
        return true;
    }

    private DamageLedger Recover(CheckpointImage image, long metadataKnownBelow)
    {
        DamageLedger ledger = new(isStrict: false);
        _recovered = RecoveredStore.Read(
            new RecoveryOptions
            {
                Disk = _disk,
                Directory = _directory,
                Header = Header,
                Ledger = ledger,
                Logger = NullLogger.Instance, // The report says it all.
                TransientBytesMax = _options.TransientBytesMax,
                MetadataKnownBelow = metadataKnownBelow,
                OnProgress = _options.OnProgress,
            },
            image);
        _start = image;
        return ledger;
    }

    private void NoteQuarantined()
    {
        foreach (LogImage known in Start.Logs.Where(static known => known.Quarantine is not null))
        {
            if (Recovered.Catalog.TryGet(known.Id, out StoredLog? log))
            {
                Note(new StoreDamage
                {
                    Kind = DamageKind.QuarantinedLog,
                    File = StoreFiles.CheckpointPrefix + Start.Generation,
                    Position = 0,
                    Bytes = 0,
                    Text = $"Log {log.Id} is out of service: {known.Quarantine}",
                    Victims = [.. known.Damaged.Select(run => WithLoss(new DamageVictim(log.Id, BatchType.Messages, run.First, run.End, 0)))],
                });
            }
        }
    }

    /// <summary>What recovery takes for lost although no damaged place names it: records that go on in one.</summary>
    private void NoteOthersLost()
    {
        ILookup<ulong, DamageVictim> named = _damages.SelectMany(static damage => damage.Victims).Where(static victim => victim.Type == BatchType.Messages).ToLookup(static victim => victim.LogId);
        foreach (StoredLog log in Recovered.Catalog.Durable.Where(static log => log.Quarantine is not null))
        {
            RunTable? runs = log.Index.Runs;
            List<DamageVictim> victims = [];
            for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
            {
                Run run = runs![place];
                if (run is { Kind: RunKind.Damaged, Live: > 0 } && !named[log.Id].Any(victim => victim.FirstOffset <= run.First && victim.EndOffset >= run.End))
                {
                    victims.Add(WithLoss(new DamageVictim(log.Id, BatchType.Messages, run.First, run.End, 0)));
                }
            }

            if (victims.Count > 0)
            {
                StoreDamage? place = _damages.Find(static damage => damage.Kind == DamageKind.Journal);
                Note(new StoreDamage
                {
                    Kind = DamageKind.Journal,
                    File = place?.File ?? StoreFiles.JournalPrefix,
                    Position = place?.Position ?? 0,
                    Bytes = place?.Bytes ?? 0,
                    JournalPosition = place?.JournalPosition ?? 0,
                    Text = $"Log {log.Id}: {log.Quarantine}",
                    Victims = victims,
                });
            }
        }
    }

    private void CheckSegment(Segment segment)
    {
        using IDiskFile file = _disk.Open(segment.Path, writable: false);
        SegmentCheckResult result = SegmentCheck.Run(file, segment, static _ => { });
        _segmentBatchCount += result.BatchCount - result.Damaged.Count;
        if (!result.IsHeaderWhole)
        {
            Note(new StoreDamage { Kind = DamageKind.SegmentFile, File = Path.GetFileName(segment.Path), Position = 0, Bytes = SegmentFormat.HeaderBytes, Text = $"{segment.Path} is damaged in its header" });
        }

        foreach (SegmentEntry entry in result.Damaged)
        {
            Note(new StoreDamage
            {
                Kind = DamageKind.SegmentBatch,
                File = Path.GetFileName(segment.Path),
                Position = entry.Position,
                Bytes = entry.BatchBytes,
                Text = $"{segment.Path} is damaged at position {entry.Position}: a batch of {entry.Count} records",
                Victims = Recovered.Catalog.TryGet(entry.LogId, out StoredLog? log) ? [DamageVictims.OfSegmentBatch(log, segment.Id, entry)] : [],
            });
        }
    }

    private void CheckBodies()
    {
        var users = Recovered.Catalog.Durable
            .SelectMany(static log => log.Index.Bodies.Select(pair => (BodyId: pair.Value, LogId: log.Id, Offset: pair.Key)))
            .OrderBy(static user => user.BodyId).ThenBy(static user => user.LogId).ThenBy(static user => user.Offset)
            .GroupBy(static user => user.BodyId);
        foreach (var body in users)
        {
            string path = Recovered.Spaces.Bodies.PathOf(body.Key);
            if (Recovered.Spaces.Bodies.FindDamage(body.Key, static _ => { }) is not { } damage)
            {
                _wholeBodies.Add(body.Key);
                continue;
            }

            Note(new StoreDamage
            {
                Kind = DamageKind.Body,
                File = Path.GetFileName(path),
                Position = damage.Position,
                Bytes = damage.Bytes,
                Text = damage.Text,
                Victims = [.. body.Select(static user => new DamageVictim(user.LogId, BatchType.Messages, user.Offset, user.Offset + 1, 1))],
            });
        }
    }

    private StoreDamage WithLosses(StoreDamage damage) => damage with { Victims = [.. damage.Victims.Select(WithLoss)] };

    private DamageVictim WithLoss(DamageVictim victim) =>
        Recovered.Catalog.TryGet(victim.LogId, out StoredLog? log) ? victim with { LostCount = DamageVictims.CountLost(log, victim) } : victim;

    private long LostCount(bool isKept)
    {
        long count = 0;
        foreach (DamageVictim victim in _damages.SelectMany(static damage => damage.Victims).DistinctBy(static victim => (victim.LogId, victim.Type, victim.FirstOffset, victim.EndOffset)))
        {
            count += victim.LostCount;
            if (!isKept && victim.LostCount > 0 && Recovered.Catalog.TryGet(victim.LogId, out StoredLog? log))
            {
                count -= log.KeptRanges(victim.FirstOffset, victim.EndOffset).Sum(static range => range.Count);
            }
        }

        return count;
    }

    private void Note(StoreDamage damage) => _damages.Add(damage);
}
