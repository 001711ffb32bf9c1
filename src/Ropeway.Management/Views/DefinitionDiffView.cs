namespace Ropeway.Management.Views;

/// <summary>What an import would change.</summary>
/// <param name="State">Names this diff and the state that it was made from.</param>
/// <param name="Add">Entries that are not there yet.</param>
/// <param name="Change">Entries that are there and would be others.</param>
/// <param name="Same">Entries that are there as they are.</param>
/// <param name="Refused">Entries for which the whole import would be refused.</param>
/// <param name="Ignored">Entries that mean nothing to this broker.</param>
/// <param name="Entries">All but those that are the same, in the order of the import.</param>
/// <param name="MoreEntries">How many of them are counted only.</param>
internal sealed record DefinitionDiffView(string State, int Add, int Change, int Same, int Refused, int Ignored, IReadOnlyList<DefinitionChangeView> Entries, int MoreEntries);
