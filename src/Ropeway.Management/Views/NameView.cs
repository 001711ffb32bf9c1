namespace Ropeway.Management.Views;

/// <summary>A name.</summary>
internal sealed record NameView(
    string Name);
