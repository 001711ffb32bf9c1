namespace Ropeway.Management.Findings;

/// <summary>What is said about a finding.</summary>
/// <param name="Fact">One sentence that says what is so.</param>
/// <param name="Cause">One that says why, or what to do; null when that is not known.</param>
internal sealed record FindingText(string Fact, string? Cause);
