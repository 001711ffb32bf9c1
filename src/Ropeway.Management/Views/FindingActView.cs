namespace Ropeway.Management.Views;

/// <summary>Where to go on.</summary>
/// <param name="Label">What a button says.</param>
/// <param name="Path">An address of the management page.</param>
internal sealed record FindingActView(string Label, string Path);
