namespace Ropeway.Management.Views;

/// <summary>A part of the list of queues.</summary>
/// <param name="Items">Queues in the order that was asked for.</param>
/// <param name="Total">Queues that the user may see.</param>
/// <param name="Matched">Those among them that fit.</param>
/// <param name="Next">Where the next part begins; null when there is none.</param>
/// <param name="Incomplete">Whether the time did not suffice to compare all names: a narrower filter is needed.</param>
internal sealed record QueueListView(IReadOnlyList<QueueRowView> Items, long Total, long Matched, string? Next, bool Incomplete);
