namespace Ropeway.Core.Queues;

/// <summary>A message on its way to a dead-letter exchange.</summary>
/// <param name="Offset">Its number in the queue that gives it away.</param>
/// <param name="Reason">Why it does.</param>
/// <param name="Start">Where the stored form begins in the desk's memory.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="BodyId">The body's file; 0 when the body is part of the stored form.</param>
internal readonly record struct Letter(long Offset, DeathReason Reason, int Start, int Bytes, ulong BodyId);
