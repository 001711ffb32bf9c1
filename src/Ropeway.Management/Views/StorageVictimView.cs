using Ropeway.Core.Resources;

namespace Ropeway.Management.Views;

/// <summary>What a queue loses to a damage; no queue for delayed messages, no names for what was deleted.</summary>
internal sealed record StorageVictimView(string? Vhost, string? Queue, long FirstSequence, long EndSequence, long Messages)
{
    /// <summary>Shows a victim.</summary>
    public static StorageVictimView Of(StorageVictim victim) =>
        new(victim.Name?.VirtualHost, victim.Name?.Queue, victim.FirstOffset, victim.EndOffset, victim.LostCount);
}
