using System.Formats.Tar;
using System.Globalization;
using System.IO.Pipelines;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// A backup of an open store: one checkpoint, the segments and bodies that it lists, and the journal up to what was durable when it began.
/// That is a prefix of the store's history. The store works meanwhile; files that the backup needs stay until it is disposed.
/// </summary>
public sealed class StoreBackup : IDisposable
{
    private const int TryCountMax = 10;
    private const int BufferedBytesMax = 4 * 1024 * 1024;

    private readonly StoreParts _parts;
    private readonly DateTimeOffset _created;
    private readonly Action _onDisposed;
    private readonly Queue<JournalFilePin> _journal = new();
    private readonly List<BackupEntry> _written = [];
    private byte[] _checkpointBytes = [];
    private CheckpointImage _checkpoint = new();
    private long _end;
    private bool _isDisposed;

    private StoreBackup(StoreParts parts, DateTimeOffset created, Action onDisposed)
    {
        _parts = parts;
        _created = created;
        _onDisposed = onDisposed;
    }

    /// <summary>Everything up to this index is in the backup.</summary>
    public ulong Index { get; private set; }

    /// <summary>Takes a checkpoint and holds what the backup needs. Waits for the disk; no gate may be held.</summary>
    internal static StoreBackup Begin(StoreParts parts, DateTimeOffset now, Action onDisposed)
    {
        StoreBackup backup = new(parts, now, onDisposed);
        try
        {
            parts.Retired.IsHeld = true;
            parts.Mover.RunCycle(); // Afterwards nothing is deleted any more.
            backup.Pin();
            return backup;
        }
        catch
        {
            backup.Dispose();
            throw;
        }
    }

    /// <summary>Writes the backup, a tar archive that ends with a manifest of checksums. Once only.</summary>
    /// <param name="target">Where to; not closed.</param>
    /// <param name="aborted">Gives up.</param>
    /// <exception cref="IOException">A file cannot be read; what was written is not a backup then.</exception>
    public async Task WriteToAsync(Stream target, CancellationToken aborted)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: BufferedBytesMax, resumeWriterThreshold: BufferedBytesMax / 2, useSynchronizationContext: false));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Task produced = Task.Factory.StartNew(() => Produce(pipe.Writer, ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await pipe.Reader.CopyToAsync(target, aborted).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await pipe.Reader.CompleteAsync().ConfigureAwait(false); // Whoever waits for room in the pipe goes on, and sees that it ended.
            await produced.ConfigureAwait(false);
        }
    }

    /// <summary>Lets the files go.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Unpin();
            _parts.Retired.IsHeld = false;
            _parts.Mover.SignalLater();
            _onDisposed();
        }
    }

    private void Pin()
    {
        CheckpointFiles files = new(_parts.Spaces.Disk, _parts.Spaces.Directory);
        for (int i = 0; i < TryCountMax; i++)
        {
            if (files.TryReadNewest(out _checkpoint, out _checkpointBytes) && TryPinJournal())
            {
                return;
            }

            Unpin(); // Two more checkpoints were taken meanwhile, and the journal goes on from there.
        }

        throw new StoreException(StoreFault.Io, "The store changes its checkpoints faster than they can be read; try again.");
    }

    private bool TryPinJournal()
    {
        Index = _parts.Spaces.CommittedIndex;
        _end = _parts.Spaces.Journal.DurablePosition; // Not below the index, nor below what the checkpoint has captured.
        for (long start = _checkpoint.StartPosition; start < _end; start += _parts.JournalFileBytes)
        {
            if (!_parts.Spaces.Journal.TryPinFile(start, out JournalFilePin pin))
            {
                return false;
            }

            _journal.Enqueue(pin);
        }

        return true;
    }

    private void Unpin()
    {
        while (_journal.TryDequeue(out JournalFilePin pin))
        {
            pin.Dispose();
        }
    }

    /// <summary>On a thread of its own, because it waits for the disk and for the target.</summary>
    private void Produce(PipeWriter pipe, CancellationToken aborted)
    {
        Posix.LowerPriority();
        try
        {
            using (Stream target = pipe.AsStream(leaveOpen: true))
            using (TarWriter archive = new(target, TarEntryFormat.Ustar, leaveOpen: true))
            {
                WriteAll(archive, aborted);
            }

            pipe.Complete();
        }
        catch (Exception fault) // The top of the thread: the reader of the pipe gets it.
        {
            pipe.Complete(fault);
        }
    }

    private void WriteAll(TarWriter archive, CancellationToken aborted)
    {
        WriteFile(archive, StoreFiles.Header, aborted);
        byte[] checkpoint = _checkpointBytes;
        string name = string.Create(CultureInfo.InvariantCulture, $"{StoreFiles.CheckpointPrefix}{_checkpoint.Generation}");
        Write(archive, name, checkpoint.Length, (position, bytes) => CopyFrom(checkpoint, position, bytes), aborted);
        while (_journal.TryPeek(out JournalFilePin pin)) // First, so that it is held for a short time only.
        {
            Write(archive, JournalFile.NameOf(pin.StartPosition / _parts.JournalFileBytes), Math.Min(_end, pin.EndPosition) - pin.StartPosition, (position, bytes) => pin.ReadAt(pin.StartPosition + position, bytes), aborted);
            _journal.Dequeue().Dispose();
        }

        WriteBodies(archive, aborted);
        foreach (SegmentImage segment in _checkpoint.Segments)
        {
            WriteFile(archive, string.Create(CultureInfo.InvariantCulture, $"{StoreFiles.SegmentPrefix}{segment.Id}"), aborted);
        }

        byte[] manifest = new BackupManifest(_created, Index, _written).ToBytes();
        Write(archive, BackupManifest.Name, manifest.Length, (position, bytes) => CopyFrom(manifest, position, bytes), aborted);
    }

    /// <summary>Those of the checkpoint, and those that the journal behind it may speak of.</summary>
    private void WriteBodies(TarWriter archive, CancellationToken aborted)
    {
        HashSet<ulong> known = [.. _checkpoint.Bodies];
        foreach (string name in _parts.Spaces.Disk.List(_parts.Spaces.Directory))
        {
            if (StoreFiles.TryNumber(name, StoreFiles.BodyPrefix, out ulong id) && (id >= _checkpoint.NextBodyId || known.Contains(id)))
            {
                WriteFile(archive, name, aborted);
            }
        }
    }

    private void WriteFile(TarWriter archive, string name, CancellationToken aborted)
    {
        using IDiskFile file = _parts.Spaces.Disk.Open(Path.Combine(_parts.Spaces.Directory, name), writable: false);
        Write(archive, name, file.Bytes, (position, bytes) => file.Read(bytes, position), aborted);
    }

    private void Write(TarWriter archive, string name, long bytes, BackupRead read, CancellationToken aborted)
    {
        using BackupSource source = new(read, bytes, name, aborted);
        archive.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = source,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            ModificationTime = _created,
        });
        _written.Add(source.ToEntry());
    }

    private static int CopyFrom(byte[] source, long position, Span<byte> target)
    {
        source.AsSpan((int)position, target.Length).CopyTo(target);
        return target.Length;
    }
}
