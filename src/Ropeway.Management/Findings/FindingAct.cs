namespace Ropeway.Management.Findings;

/// <summary>Where to go on.</summary>
/// <param name="Label">What a button says.</param>
/// <param name="Path">An address of the management page.</param>
internal sealed record FindingAct(string Label, string Path);
