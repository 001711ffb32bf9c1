namespace Ropeway.Storage.Journaling;

/// <summary>A damaged range of the journal that was durable once.</summary>
/// <param name="Start">First damaged position.</param>
/// <param name="End">Position of the next valid batch, exclusive end of the damage.</param>
/// <param name="Victims">
/// The messages, settle, horizon, marks, unit end and shared part batches lost in it, metadata batches too when they are; empty when only the journal's own housekeeping was hit.
/// </param>
/// <param name="Refusal">Null when all victims are named and none is metadata; otherwise why no quarantine of logs can contain it.</param>
internal sealed record JournalDamage(long Start, long End, IReadOnlyList<GroupEntry> Victims, string? Refusal);
