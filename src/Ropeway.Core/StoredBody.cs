namespace Ropeway.Core;

/// <summary>A large body that was written to a file of its own.</summary>
/// <param name="Id">What messages refer to; 0 when it failed.</param>
/// <param name="Fault">Why it failed; null when it did not.</param>
public readonly record struct StoredBody(ulong Id, string? Fault);
