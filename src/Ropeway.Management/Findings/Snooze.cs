namespace Ropeway.Management.Findings;

/// <summary>Somebody knows of a finding and does not want to see it for a time. Immutable.</summary>
/// <param name="Until">For how long.</param>
/// <param name="User">Who.</param>
/// <param name="Reason">Why.</param>
internal sealed record Snooze(DateTimeOffset Until, string User, string Reason);
