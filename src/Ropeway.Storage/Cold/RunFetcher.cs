using System.Buffers.Binary;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Reads the batches of a run from the journal, tail memory or a file, tests them, and puts the log's own behind each other.</summary>
/// <remarks>
/// It works without the log's gate. When it fails, the caller takes the gate and looks whether the run is still in that place: files
/// are recycled and deleted only after their runs were swapped under the gate, so only then it is damage.
/// </remarks>
internal static class RunFetcher
{
    /// <summary>Reads one run.</summary>
    /// <param name="spaces">Where to read.</param>
    /// <param name="logId">The log.</param>
    /// <param name="run">A copy of the run.</param>
    /// <param name="target">At least as large as the run.</param>
    /// <param name="bytes">Bytes of the log's own batches, from the start of the target on.</param>
    public static FetchStatus Fetch(StoreSpaces spaces, ulong logId, in Run run, Span<byte> target, out int bytes)
    {
        try
        {
            return FetchUntested(spaces, logId, run, target, out bytes);
        }
        catch (IOException fault)
        {
            StorageLog.ReadFailed(spaces.Logger, logId, fault);
            bytes = 0;
            return FetchStatus.Damaged;
        }
    }

    private static FetchStatus FetchUntested(StoreSpaces spaces, ulong logId, in Run run, Span<byte> target, out int bytes)
    {
        bytes = 0;
        target = target[..(int)run.Bytes];
        if (run.Kind is RunKind.Segment or RunKind.Spill)
        {
            using IDiskFile? file = spaces.FilesOf(run.Kind).TryOpen(run.FileId);
            if (file is null)
            {
                return FetchStatus.Gone;
            }

            return file.Read(target, run.FilePosition) == target.Length ? Test(logId, run, target, out bytes) : FetchStatus.Damaged;
        }

        TailSpace tail = run.Kind == RunKind.Journal ? spaces.Journal : spaces.Transient;
        if (tail.TryPin((long)run.Where, out Buffers.NativeBlock? block, out int offset))
        {
            block!.Span.Slice(offset, target.Length).CopyTo(target);
            block.Release();
            bytes = Gather(logId, run, target, hasChecksums: false);
            return bytes > 0 ? FetchStatus.Complete : FetchStatus.Damaged;
        }

        if (run.Kind != RunKind.Journal || !spaces.Journal.TryPinFile((long)run.Where, out JournalFilePin pin))
        {
            return FetchStatus.Gone;
        }

        using (pin)
        {
            return pin.ReadAt((long)run.Where, target) == target.Length ? Test(logId, run, target, out bytes) : FetchStatus.Damaged;
        }
    }

    /// <summary>Reads the bytes of a run from its file as they are.</summary>
    public static bool TryReadRaw(StoreSpaces spaces, in Run run, Span<byte> target)
    {
        try
        {
            if (run.IsInFile)
            {
                using IDiskFile? file = spaces.FilesOf(run.Kind).TryOpen(run.FileId);
                return file is not null && file.Read(target, run.FilePosition) == target.Length;
            }

            if (run.Kind == RunKind.Journal && spaces.Journal.TryPinFile((long)run.Where, out JournalFilePin pin))
            {
                using (pin)
                {
                    return pin.ReadAt((long)run.Where, target) == target.Length;
                }
            }

            return false;
        }
        catch (IOException fault)
        {
            StorageLog.ReadFailed(spaces.Logger, 0, fault);
            return false;
        }
    }

    /// <summary>Tests the bytes of a run and moves the log's own batches to the front.</summary>
    public static FetchStatus Test(ulong logId, in Run run, Span<byte> target, out int bytes)
    {
        if (run.IsInFile)
        {
            ulong seed = BatchHeader.SegmentSeed(run.FileId, run.FilePosition);
            bool isRight = BatchHeader.TryValidate(target, seed, out BatchHeader header)
                && header.LogId == logId && header.FirstOffset <= run.First && header.BatchBytes == run.Bytes;
            bytes = isRight ? target.Length : 0;
        }
        else
        {
            bytes = Gather(logId, run, target, hasChecksums: true);
        }

        return bytes > 0 ? FetchStatus.Complete : FetchStatus.Damaged;
    }

    /// <summary>Own batches of the journal follow each other by offset, so a missing one shows.</summary>
    private static int Gather(ulong logId, in Run run, Span<byte> memory, bool hasChecksums)
    {
        long next = run.First;
        int kept = 0;
        int at = 0;
        while (at + BatchHeader.HeaderBytes <= memory.Length && next < run.End)
        {
            if (!BatchHeader.TryRead(memory[at..], out BatchHeader header) || header.BatchBytes > memory.Length - at)
            {
                at += 8; // Damage in another log's batch must not cost this log its own.
                continue;
            }

            if (header.Type == BatchType.Messages && header.LogId == logId)
            {
                if (header.FirstOffset > next || (hasChecksums && !BatchHeader.TryValidate(memory[at..], run.Where + (ulong)at, out _)))
                {
                    return 0;
                }

                memory.Slice(at, header.BatchBytes).CopyTo(memory[kept..]);
                kept += header.BatchBytes;
                next = header.FirstOffset + header.Count;
            }

            at += header.BatchBytes;
        }

        return next >= run.End ? kept : 0;
    }
}
