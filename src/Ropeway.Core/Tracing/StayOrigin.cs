namespace Ropeway.Core.Tracing;

/// <summary>Where a message came from that its publisher did not send itself.</summary>
/// <param name="Kind">How it came.</param>
/// <param name="Queue">The queue that it came from; null when it was in none.</param>
/// <param name="Sequence">Its number there; null when the queue had not taken it.</param>
public sealed record StayOrigin(StayOriginKind Kind, string? Queue, long? Sequence);
