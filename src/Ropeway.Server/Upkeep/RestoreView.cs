namespace Ropeway.Server.Upkeep;

/// <summary>A restored backup, for programs.</summary>
/// <param name="Backup">The backup's file.</param>
/// <param name="Created">When it was made, UTC.</param>
/// <param name="Files">How many files it holds.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Index">The index of the broker's history up to which it goes.</param>
/// <param name="Restored">The directory that was made of it.</param>
internal sealed record RestoreView(string Backup, DateTime Created, long Files, long Bytes, ulong Index, DirectoryView Restored);
