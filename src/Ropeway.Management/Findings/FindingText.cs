namespace Ropeway.Management.Findings;

/// <summary>What is said about a finding.</summary>
/// <param name="Fact">One sentence that says what is so.</param>
/// <param name="Cause">One that says why, or what to do; null when that is not known.</param>
/// <param name="Brief">The cause in a few words, for a column of a table.</param>
internal sealed record FindingText(string Fact, string? Cause, string Brief);
