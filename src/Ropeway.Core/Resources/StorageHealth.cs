using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Core.Resources;

/// <summary>What scrubbing has done and found since the start. Immutable.</summary>
/// <param name="PassCount">Passes over all files at rest.</param>
/// <param name="ReadBytes">Bytes read and tested.</param>
/// <param name="LastPass">When the last pass ended; null when there was none.</param>
/// <param name="Damages">What is damaged.</param>
public sealed record StorageHealth(long PassCount, long ReadBytes, DateTimeOffset? LastPass, IReadOnlyList<StorageDamage> Damages)
{
    internal static StorageHealth Of(Store store)
    {
        ScrubReport report = store.Scrubbing;
        LogNames? names = report.Damages.Count == 0 ? null : LogNames.Read(store.Metadata.Snapshot());
        return new StorageHealth(report.PassCount, report.ReadBytes, report.LastPass, [.. report.Damages.Select(damage => Name(damage, names!))]);
    }

    private static StorageDamage Name(StoreDamage damage, LogNames names) => new(
        damage.File,
        damage.Position,
        damage.Bytes,
        damage.Text,
        [.. damage.Victims.Select(victim => new StorageVictim(names.Find(victim.LogId), victim.FirstOffset, victim.EndOffset, victim.LostCount))]);
}
