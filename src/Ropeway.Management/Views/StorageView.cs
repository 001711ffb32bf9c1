using Ropeway.Core.Resources;

namespace Ropeway.Management.Views;

/// <summary>What scrubbing has found.</summary>
internal sealed record StorageView(string Status, string? Reason, long ScrubPasses, long ScrubbedBytes, DateTimeOffset? LastScrub, IReadOnlyList<StorageDamageView> Damages)
{
    /// <summary>Shows it.</summary>
    public static StorageView Of(StorageHealth health)
    {
        bool isWhole = health.Damages.Count == 0;
        return new StorageView(
            isWhole ? "ok" : "failed",
            isWhole ? null : "Files of the data directory are damaged",
            health.PassCount,
            health.ReadBytes,
            health.LastPass,
            [.. health.Damages.Select(StorageDamageView.Of)]);
    }
}
