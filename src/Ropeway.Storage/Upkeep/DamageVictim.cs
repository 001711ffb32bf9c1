namespace Ropeway.Storage;

/// <summary>What one log loses to a damage.</summary>
/// <param name="LogId">The log; 0 for metadata.</param>
/// <param name="Type">What was lost: messages, or what was said about them.</param>
/// <param name="FirstOffset">First offset concerned.</param>
/// <param name="EndOffset">Exclusive end of the offsets; equals the first one when they are not known.</param>
/// <param name="LostCount">Records lost that were neither settled nor given up.</param>
public sealed record DamageVictim(ulong LogId, BatchType Type, long FirstOffset, long EndOffset, long LostCount);
