using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// Brings a damaged data directory that no process uses back into service: what is lost is settled, everything else is moved out of the
/// damaged places, and quarantined logs serve again. Cut short anywhere, it is simply run again.
/// </summary>
public sealed class StoreRepair
{
    private readonly StoreOptions _options;
    private readonly IDisk _disk;
    private readonly string _directory;

    private StoreRepair(StoreOptions options)
    {
        _options = options;
        _disk = options.Disk;
        _directory = Path.GetFullPath(options.Directory);
    }

    /// <summary>Repairs a directory; changes nothing when it is whole.</summary>
    /// <param name="options">How the store is opened.</param>
    /// <param name="acceptLoss">Whether to give up what nobody can name: lost changes of definitions, bytes that no directory names.</param>
    /// <exception cref="StoreException">As of <see cref="StoreVerification.Run"/>; Damaged also when there is a loss that was not accepted. Then nothing was changed.</exception>
    public static RepairReport Run(StoreOptions options, bool acceptLoss)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return new StoreRepair(options).Run(acceptLoss);
        }
        catch (IOException fault)
        {
            throw new StoreException(StoreFault.Io, fault.Message, fault);
        }
    }

    private RepairReport Run(bool acceptLoss)
    {
        DirectoryLock? held = _disk is PosixDisk && _disk.Exists(_directory) ? DirectoryLock.Take(Path.Combine(_directory, StoreFiles.Lock)) : null;
        StoreReport before;
        DamagedBytes bytes;
        RepairPlan plan;
        try
        {
            using StoreExamination examination = StoreExamination.Run(_options);
            before = examination.ToReport();
            if (before.IsWhole)
            {
                held?.Dispose();
                return new RepairReport(before, before, []);
            }

            if (!acceptLoss)
            {
                RefuseLoss(before);
            }

            plan = RepairPlan.Make(examination);
            bytes = new DamagedBytes(_disk, _directory, examination.Header.JournalFileBytes);
            foreach (StoreDamage damage in before.Damages)
            {
                bytes.Save(damage);
            }

            MakeReadable(examination, bytes);
        }
        catch
        {
            held?.Dispose();
            throw;
        }

        Mend(plan, held);
        return new RepairReport(before, StoreVerification.Run(_options), bytes.Saved);
    }

    private static void RefuseLoss(StoreReport report)
    {
        List<string> losses = [.. report.Damages.Where(static damage => damage.Loss is not null).Select(static damage => $"{damage.Text}; lost for good: {damage.Loss}")];
        if (losses.Count > 0)
        {
            throw new StoreException(StoreFault.Damaged, $"This cannot be repaired without a loss. {string.Join(". ", losses)}. Restore a backup, or repair again and accept the loss. Nothing was changed.");
        }
    }

    /// <summary>Makes the directory one that a start can read up to the damage: header, checkpoint, and an end of the journal at the end of a file.</summary>
    private void MakeReadable(StoreExamination examination, DamagedBytes bytes)
    {
        if (examination.Damages.Any(static damage => damage.Kind == DamageKind.Header))
        {
            examination.Header.Write(_disk, _directory);
        }

        foreach (string name in examination.Damages.Where(static damage => damage.Kind == DamageKind.Checkpoint).Select(static damage => damage.File).Concat(examination.PassedOver))
        {
            bytes.Take(name);
        }

        EndJournalFile(examination.Header, examination.Recovered.Scan);
        if (examination.IsFromOrigin)
        {
            ByteWriter file = new();
            CheckpointCodec.Begin(file, examination.Start);
            file.Int32(0);
            CheckpointCodec.End(file, examination.Start.Generation, examination.Header.Shard);
            DurableFiles.Write(_disk, Path.Combine(_directory, StoreFiles.CheckpointPrefix + examination.Start.Generation), file.Written);
        }
    }

    /// <summary>
    /// Fills the rest of the last journal file with one padding batch of a higher epoch, so that the next start writes to the next file and a checkpoint can leave this one
    /// behind. Until then a start reads past it.
    /// </summary>
    private void EndJournalFile(StoreHeader header, JournalScanResult scan)
    {
        long place = scan.EndPosition % header.JournalFileBytes;
        if (place == 0)
        {
            return;
        }

        byte[] padding = new byte[BatchHeader.HeaderBytes];
        new BatchHeader
        {
            BatchBytes = (int)(header.JournalFileBytes - place),
            Type = BatchType.Padding,
            Index = scan.NextIndex,
            Epoch = scan.Epoch + 1,
            Shard = header.Shard,
        }.Write(padding);
        BatchHeader.Seal(padding, (ulong)scan.EndPosition);
        using IDiskFile file = _disk.Open(JournalFile.PathOf(_directory, scan.EndPosition / header.JournalFileBytes), writable: true);
        file.Write(padding, place);
        file.DataSync();
    }

    private void Mend(RepairPlan plan, DirectoryLock? held)
    {
        using Store store = Store.Open(_options with { Ledger = new DamageLedger(isStrict: false), HeldLock = held });
        store.Mend(plan);
    }
}
