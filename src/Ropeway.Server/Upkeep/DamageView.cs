using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Server.Upkeep;

/// <summary>One damaged thing, for programs.</summary>
/// <param name="Kind">Which part: header, checkpoint, noCheckpoint, journal, segmentFile, segmentBatch, body or quarantinedLog.</param>
/// <param name="File">File, relative to the directory.</param>
/// <param name="Position">First damaged byte in it.</param>
/// <param name="Bytes">Damaged bytes.</param>
/// <param name="Text">What is wrong.</param>
/// <param name="IsRefused">Whether a start refuses the directory because of it.</param>
/// <param name="Loss">What a repair gives up without being able to name it, or null.</param>
/// <param name="Victims">Who loses what.</param>
internal sealed record DamageView(string Kind, string File, long Position, long Bytes, string Text, bool IsRefused, string? Loss, IReadOnlyList<VictimView> Victims)
{
    /// <summary>Names a damage.</summary>
    public static DamageView Of(StoreDamage damage, LogNames names)
    {
        string kind = damage.Kind.ToString();
        return new DamageView(
            char.ToLowerInvariant(kind[0]) + kind[1..],
            damage.File,
            damage.Position,
            damage.Bytes,
            damage.Text,
            damage.IsRefused,
            damage.Loss,
            [.. damage.Victims.Select(victim => VictimView.Of(victim, names))]);
    }
}
