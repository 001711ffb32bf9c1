namespace Ropeway.Management.Views;

/// <summary>Where a traced message came from that its publisher did not send itself; without a queue when it was in none, or in one that the user may not read.</summary>
internal sealed record TracedOriginView(string What, string? Queue, long? Sequence);
