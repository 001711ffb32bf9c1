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
    [ThreadStatic]
    private static List<(int At, int Bytes)>? _own; // Of the run that this thread tests.

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
        List<(int At, int Bytes)> own = _own ??= [];
        own.Clear();
        if (!TryFindOwn(logId, run, memory, hasChecksums, own))
        {
            return 0;
        }

        return run.IsReferring ? Blank(own, memory) : Compact(own, memory);
    }

    /// <summary>Finds the own batches of a run; they follow each other by offset, so a missing one shows.</summary>
    private static bool TryFindOwn(ulong logId, in Run run, ReadOnlySpan<byte> memory, bool hasChecksums, List<(int At, int Bytes)> own)
    {
        long next = run.First;
        int at = 0;
        while (next < run.End && at + BatchHeader.HeaderBytes <= memory.Length)
        {
            if (!TryReadWhole(run, memory, at, hasChecksums, out BatchHeader header))
            {
                at += 8; // Damage in another log's batch, its length too, must not cost this log its own.
                continue;
            }

            if (header.Type == BatchType.Messages && header.LogId == logId && header.FirstOffset + header.Count > next)
            {
                bool isReferring = (header.Flags & BatchHeader.Referring) != 0;
                if (header.FirstOffset > next || (hasChecksums && isReferring && !SharedReference.TryFindPart(memory, at, header, run.Where, out _)))
                {
                    return false;
                }

                own.Add((at, header.BatchBytes));
                next = header.FirstOffset + header.Count;
            }

            at += header.BatchBytes;
        }

        return next >= run.End;
    }

    private static bool TryReadWhole(in Run run, ReadOnlySpan<byte> memory, int at, bool hasChecksums, out BatchHeader header) =>
        BatchHeader.TryRead(memory[at..], out header)
        && header.BatchBytes <= memory.Length - at
        && (!hasChecksums || BatchHeader.TryValidate(memory[at..], run.Where + (ulong)at, out _));

    /// <summary>Moves the own batches to the front.</summary>
    private static int Compact(List<(int At, int Bytes)> own, Span<byte> memory)
    {
        int kept = 0;
        foreach ((int at, int bytes) in own)
        {
            memory.Slice(at, bytes).CopyTo(memory[kept..]);
            kept += bytes;
        }

        return kept;
    }

    /// <summary>
    /// Leaves everything in its place, because own batches say how far before them a shared part lies, and makes one padding batch of
    /// what lies between own batches. The payloads of shared parts stay.
    /// </summary>
    private static int Blank(List<(int At, int Bytes)> own, Span<byte> memory)
    {
        int end = 0;
        foreach ((int at, int bytes) in own)
        {
            if (at > end)
            {
                new BatchHeader { BatchBytes = at - end, Type = BatchType.Padding }.Write(memory[end..at]);
            }

            end = at + bytes;
        }

        return end;
    }
}
