using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>What has become of an import. Immutable.</summary>
/// <param name="IsDone">False when something else would be changed than was seen, and nothing was.</param>
/// <param name="Diff">What has changed, or would change now; null when no diff was seen.</param>
/// <param name="Text">What has changed, in words.</param>
/// <param name="Index">The commit index to wait for; 0 for none.</param>
internal sealed record ImportOutcome(bool IsDone, DefinitionDiffView? Diff, string Text, ulong Index);
