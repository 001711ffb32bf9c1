namespace Ropeway.Management.Definitions;

/// <summary>What became of a definition that was put.</summary>
/// <param name="IsNew">False when it was there before.</param>
/// <param name="Index">The commit index to wait for; 0 for none.</param>
internal readonly record struct Written(bool IsNew, ulong Index);
