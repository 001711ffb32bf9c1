namespace Ropeway.Server.Upkeep;

/// <summary>A repair, for programs.</summary>
/// <param name="Before">The directory before.</param>
/// <param name="After">The directory afterwards.</param>
/// <param name="Saved">Files with what was taken out, relative to the directory.</param>
internal sealed record RepairView(DirectoryView Before, DirectoryView After, IReadOnlyList<string> Saved);
