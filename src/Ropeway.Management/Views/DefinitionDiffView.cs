namespace Ropeway.Management.Views;

/// <summary>What an import would change.</summary>
/// <param name="State">Names this diff and the state that it was made from.</param>
/// <param name="Add">Entries that are not there yet.</param>
/// <param name="Change">Entries that are there and would be others.</param>
/// <param name="Same">Entries that are there as they are.</param>
/// <param name="Refused">Entries for which the whole import would be refused.</param>
/// <param name="Ignored">Entries that mean nothing to this broker.</param>
/// <param name="Delete">What is not in the document and would be deleted; 0 unless that was asked for.</param>
/// <param name="Left">What is not in the document and stays all the same; 0 unless deletions were asked for.</param>
/// <param name="Entries">All but those that are the same, in the order of the import; then those that are not in the document.</param>
/// <param name="MoreEntries">How many of them are counted only.</param>
internal sealed record DefinitionDiffView(
    string State,
    int Add,
    int Change,
    int Same,
    int Refused,
    int Ignored,
    int Delete,
    int Left,
    IReadOnlyList<DefinitionChangeView> Entries,
    int MoreEntries)
{
    /// <summary>The import that was done; null when none was, when it changed nothing, and when it changed too much to be taken back.</summary>
    public ImportView? Import { get; init; }
}
