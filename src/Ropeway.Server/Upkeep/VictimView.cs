using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Server.Upkeep;

/// <summary>What one log loses, for programs.</summary>
/// <param name="LogId">The log.</param>
/// <param name="VirtualHost">Its virtual host; null when no definition knows the log.</param>
/// <param name="Queue">Its queue; null for delayed messages too.</param>
/// <param name="Content">messages, ids or delayed-messages; null when no definition knows the log.</param>
/// <param name="Record">What was lost: messages, settle, horizon, marks, keep, revive or metadata.</param>
/// <param name="FirstOffset">First offset.</param>
/// <param name="EndOffset">Exclusive end; equals the first offset when it is not known.</param>
/// <param name="LostCount">Records lost.</param>
internal sealed record VictimView(ulong LogId, string? VirtualHost, string? Queue, string? Content, string Record, long FirstOffset, long EndOffset, long LostCount)
{
    /// <summary>Names a victim.</summary>
    public static VictimView Of(DamageVictim victim, LogNames names)
    {
        LogName? name = names.Find(victim.LogId);
        string? content = name switch
        {
            null => null,
            { Queue: null } => "delayed-messages",
            { IsOfIds: true } => "ids",
            _ => "messages",
        };
        return new VictimView(
            victim.LogId, name?.VirtualHost, name?.Queue, content, victim.Type.ToString().ToLowerInvariant(), victim.FirstOffset, victim.EndOffset, victim.LostCount);
    }
}
