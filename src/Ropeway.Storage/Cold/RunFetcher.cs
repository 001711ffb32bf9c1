using System.Buffers.Binary;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Reads the batches of a run from the journal, tail memory or a file, tests them, and leaves only the log's own to be walked.</summary>
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
    /// <param name="bytes">Bytes from the start of the target on in which a cursor finds the log's own batches, and what they refer to.</param>
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

    /// <summary>Tests the bytes of a run and leaves only the log's own batches to be walked.</summary>
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

    /// <summary>Tests the own batches of a run of the journal and makes one cursor's way of them.</summary>
    /// <returns>Bytes from the start of the memory on that it walks; 0 when something is missing or wrong.</returns>
    private static int Gather(ulong logId, in Run run, Span<byte> memory, bool hasChecksums)
    {
        if (!IsWhole(logId, run, memory, hasChecksums))
        {
            return 0;
        }

        return run.IsReferring ? Blank(logId, run, memory) : Compact(logId, run, memory);
    }

    /// <summary>Own batches follow each other by offset, so a missing one shows.</summary>
    private static bool IsWhole(ulong logId, in Run run, ReadOnlySpan<byte> memory, bool hasChecksums)
    {
        long next = run.First;
        for (int at = 0; TryFindOwn(logId, run, memory, next, ref at, out BatchHeader header); at += header.BatchBytes)
        {
            if (header.FirstOffset > next || (hasChecksums && !IsIntact(run.Where, memory, at)))
            {
                return false;
            }

            next = header.FirstOffset + header.Count;
        }

        return next >= run.End;
    }

    private static bool IsIntact(ulong position, ReadOnlySpan<byte> memory, int at) =>
        BatchHeader.TryValidate(memory[at..], position + (ulong)at, out BatchHeader header)
        && ((header.Flags & BatchHeader.Referring) == 0 || SharedReference.TryFindPart(memory, at, header, position, out _));

    /// <summary>Moves the own batches to the front.</summary>
    private static int Compact(ulong logId, in Run run, Span<byte> memory)
    {
        long next = run.First;
        int kept = 0;
        for (int at = 0; TryFindOwn(logId, run, memory, next, ref at, out BatchHeader header); at += header.BatchBytes)
        {
            memory.Slice(at, header.BatchBytes).CopyTo(memory[kept..]);
            kept += header.BatchBytes;
            next = header.FirstOffset + header.Count;
        }

        return kept;
    }

    /// <summary>
    /// Leaves everything in its place, because own batches say how far before them a shared part lies, and makes one padding batch of
    /// what lies between own batches: nobody has tested the headers there. The payloads of shared parts stay.
    /// </summary>
    private static int Blank(ulong logId, in Run run, Span<byte> memory)
    {
        long next = run.First;
        int end = 0;
        for (int at = 0; TryFindOwn(logId, run, memory, next, ref at, out BatchHeader header); at += header.BatchBytes)
        {
            if (at > end)
            {
                new BatchHeader { BatchBytes = at - end, Type = BatchType.Padding }.Write(memory[end..at]);
            }

            end = at + header.BatchBytes;
            next = header.FirstOffset + header.Count;
        }

        return end;
    }

    /// <summary>Finds the next own batch that does not wholly lie before an offset.</summary>
    /// <param name="logId">The log.</param>
    /// <param name="run">The run; nothing is looked for behind its end.</param>
    /// <param name="memory">Its bytes.</param>
    /// <param name="next">The offset.</param>
    /// <param name="at">Where to start looking; then where the batch begins.</param>
    /// <param name="header">Its header, not tested.</param>
    private static bool TryFindOwn(ulong logId, in Run run, ReadOnlySpan<byte> memory, long next, ref int at, out BatchHeader header)
    {
        header = default;
        while (next < run.End && at + BatchHeader.HeaderBytes <= memory.Length)
        {
            if (!BatchHeader.TryRead(memory[at..], out header) || header.BatchBytes > memory.Length - at)
            {
                at += 8; // Damage in another log's batch must not cost this log its own.
            }
            else if (header.Type == BatchType.Messages && header.LogId == logId && header.FirstOffset + header.Count > next)
            {
                return true;
            }
            else
            {
                at += header.BatchBytes;
            }
        }

        return false;
    }
}
