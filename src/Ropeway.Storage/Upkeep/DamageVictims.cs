namespace Ropeway.Storage;

/// <summary>Counts what logs lose. Under the log's gate while its store is open.</summary>
internal static class DamageVictims
{
    /// <summary>The victim of a damaged batch in a segment; nothing is lost of what was settled or lies elsewhere.</summary>
    public static DamageVictim OfSegmentBatch(StoredLog log, uint segmentId, SegmentEntry entry)
    {
        long end = entry.FirstOffset + entry.Span;
        long lost = 0;
        RunTable? runs = log.Index.Runs;
        for (int place = runs?.Find(entry.FirstOffset) ?? 0; place < (runs?.End ?? 0) && runs![place].First < end; place++)
        {
            lost += IsIn(runs[place], segmentId, entry) ? runs[place].Live : 0;
        }

        return new DamageVictim(log.Id, BatchType.Messages, entry.FirstOffset, end, lost);
    }

    /// <summary>Records of a victim that recovery has found to be lost.</summary>
    public static long CountLost(StoredLog log, DamageVictim victim)
    {
        long lost = 0;
        RunTable? runs = log.Index.Runs;
        for (int place = runs?.Find(victim.FirstOffset) ?? 0; place < (runs?.End ?? 0) && runs![place].First < victim.EndOffset; place++)
        {
            lost += runs[place].Kind == RunKind.Damaged ? log.Index.LiveIn(Math.Max(runs[place].First, victim.FirstOffset), Math.Min(runs[place].End, victim.EndOffset)) : 0;
        }

        return lost;
    }

    /// <summary>True when a run is a part of a batch in a segment, or all of it.</summary>
    public static bool IsIn(in Run run, uint segmentId, SegmentEntry entry) =>
        run.Kind == RunKind.Segment && run.Live > 0 && run.FileId == segmentId && run.FilePosition == entry.Position;
}
