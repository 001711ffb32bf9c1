namespace Ropeway.Management.Views;

/// <summary>What became of a rewind.</summary>
internal sealed record RewoundView(
    long Messages);
