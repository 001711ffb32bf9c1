using Ropeway.Core.Resources;

namespace Ropeway.Management.Views;

/// <summary>A damaged place.</summary>
internal sealed record StorageDamageView(string File, long Position, long Bytes, string Reason, IReadOnlyList<StorageVictimView> Victims)
{
    /// <summary>Shows a damage.</summary>
    public static StorageDamageView Of(StorageDamage damage) =>
        new(damage.File, damage.Position, damage.Bytes, damage.Text, [.. damage.Victims.Select(StorageVictimView.Of)]);
}
