namespace Ropeway.Storage;

/// <summary>What has to be done in an open store so that nothing refers to what is damaged any more.</summary>
/// <param name="Lost">Records to settle, by log: they cannot be read.</param>
/// <param name="Doubtful">Logs of which settlements, horizons or marks are lost: all that is left in them may have been delivered.</param>
/// <param name="Segments">Segments to empty.</param>
internal sealed record RepairPlan(IReadOnlyList<(ulong LogId, OffsetRange Range)> Lost, IReadOnlySet<ulong> Doubtful, IReadOnlySet<uint> Segments)
{
    /// <summary>Makes the plan for what an examination has found.</summary>
    public static RepairPlan Make(StoreExamination examination)
    {
        List<(ulong LogId, OffsetRange Range)> lost = [];
        HashSet<ulong> doubtful = [];
        HashSet<uint> segments = [];
        foreach (StoredLog log in examination.Recovered.Catalog.Durable)
        {
            RunTable? runs = log.Index.Runs;
            for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
            {
                if (runs![place].Kind == RunKind.Damaged && runs[place].Live > 0)
                {
                    lost.Add((log.Id, new OffsetRange(runs[place].First, runs[place].End)));
                }
            }
        }

        foreach (StoreDamage damage in examination.Damages)
        {
            bool isOfFile = damage.Kind is DamageKind.SegmentBatch or DamageKind.Body;
            lost.AddRange(damage.Victims.Where(victim => isOfFile && victim.LostCount > 0).Select(static victim => (victim.LogId, new OffsetRange(victim.FirstOffset, victim.EndOffset))));
            doubtful.UnionWith(damage.Victims.Where(static victim => victim.Type != BatchType.Messages).Select(static victim => victim.LogId));
            if (StoreFiles.TryNumber(damage.File, StoreFiles.SegmentPrefix, out ulong id))
            {
                segments.Add((uint)id);
            }
        }

        return new RepairPlan(lost, doubtful, segments);
    }
}
