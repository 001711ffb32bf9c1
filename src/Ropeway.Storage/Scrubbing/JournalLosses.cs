using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Finds what a log loses to a damaged range of the live journal, and parts its runs so that nothing but that is lost. Used by the scrubbing thread.</summary>
internal static class JournalLosses
{
    /// <summary>Takes a log's lost records out of service.</summary>
    /// <param name="log">The log.</param>
    /// <param name="start">First damaged position.</param>
    /// <param name="end">Exclusive end of the damage.</param>
    /// <returns>The victims; none when all its records can be read, from memory too.</returns>
    public static List<DamageVictim> Take(StoredLog log, long start, long end)
    {
        List<Run> hit;
        lock (log.Gate)
        {
            hit = Collect(log, start, end);
        }

        List<DamageVictim> victims = [];
        foreach (Run run in hit)
        {
            if (TryFindWhole(log, run) is not { } whole)
            {
                continue;
            }

            lock (log.Gate)
            {
                Part(log, run, whole, victims);
            }
        }

        return victims;
    }

    private static List<Run> Collect(StoredLog log, long start, long end)
    {
        List<Run> hit = [];
        RunTable? runs = log.Index.Runs;
        for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
        {
            Run run = runs![place];
            bool isInMemory = (long)run.Where >= log.Spaces.Journal.StartPosition; // The mover takes it from there.
            if (run is { Kind: RunKind.Journal, Live: > 0 } && !isInMemory && (long)run.Where < end && (long)run.Where + run.Bytes > start)
            {
                hit.Add(run);
            }
        }

        return hit;
    }

    /// <summary>The whole batches of a run, each as a run of its own; null when it is not where it was.</summary>
    private static List<Run>? TryFindWhole(StoredLog log, in Run run)
    {
        byte[] bytes = new byte[run.Bytes];
        if (!RunFetcher.TryReadRaw(log.Spaces, run, bytes))
        {
            return null;
        }

        List<Run> whole = [];
        for (int at = 0; at + BatchHeader.HeaderBytes <= bytes.Length;)
        {
            if (!BatchHeader.TryValidate(bytes.AsSpan(at), run.Where + (ulong)at, out BatchHeader header))
            {
                at += 8;
                continue;
            }

            bool isInRun = header.FirstOffset < run.End && header.FirstOffset + header.Count > run.First; // Runs that refer to shared parts overlap.
            if (header.Type == BatchType.Messages && header.LogId == log.Id && isInRun && TryFindStart(run, bytes, at, header, out int start))
            {
                whole.Add(run with
                {
                    First = header.FirstOffset,
                    Where = run.Where + (ulong)start,
                    Span = (uint)header.Count,
                    Bytes = (uint)(at + header.BatchBytes - start),
                    Flags = Run.FlagsOf(header.Flags),
                });
            }

            at += header.BatchBytes;
        }

        return whole;
    }

    /// <summary>Where what a batch needs begins: at the shared part that it refers to, or with its own header.</summary>
    /// <returns>False when the shared part is damaged.</returns>
    private static bool TryFindStart(in Run run, ReadOnlySpan<byte> bytes, int at, in BatchHeader header, out int start)
    {
        start = at;
        return (header.Flags & BatchHeader.Referring) == 0 || SharedReference.TryFindPart(bytes, at, header, run.Where, out start);
    }

    private static void Part(StoredLog log, Run run, List<Run> whole, List<DamageVictim> victims)
    {
        ref LogIndex index = ref log.Index;
        int place = index.Runs?.Find(run.First) ?? 0;
        if (log.IsDeleted || index.Runs is not { } runs || place >= runs.End || !runs[place].IsSamePlace(run))
        {
            return; // Settled or moved meanwhile.
        }

        List<Run> parts = [];
        long next = run.First;
        foreach (Run batch in whole)
        {
            AddLost(log, run, next, Math.Min(batch.First, run.End), parts, victims);
            long first = Math.Max(batch.First, run.First);
            AddLive(index, batch with { First = first, Span = (uint)(Math.Min(batch.End, run.End) - first) }, parts);
            next = batch.End;
        }

        AddLost(log, run, next, run.End, parts, victims);
        List<Run> all = [];
        for (int i = runs.Head; i < runs.End; i++)
        {
            if (i == place)
            {
                all.AddRange(parts);
            }
            else if (runs[i].Live > 0)
            {
                all.Add(runs[i]);
            }
        }

        runs.Replace(all);
    }

    private static void AddLost(StoredLog log, Run run, long first, long end, List<Run> parts, List<DamageVictim> victims)
    {
        if (first >= end)
        {
            return;
        }

        Run lost = run with { First = first, Where = 0, Span = (uint)(end - first), Kind = RunKind.Damaged };
        int before = parts.Count;
        AddLive(log.Index, lost, parts);
        if (parts.Count > before)
        {
            victims.Add(new DamageVictim(log.Id, BatchType.Messages, first, end, parts[^1].Live));
            log.SetQuarantine($"offsets {first} to {end} are damaged in the journal at position {run.Where}");
        }
    }

    private static void AddLive(in LogIndex index, Run part, List<Run> parts)
    {
        part.Live = (uint)index.LiveIn(part.First, part.End);
        part.Flags |= Run.Closed;
        if (part.Live > 0)
        {
            parts.Add(part);
        }
    }
}
