namespace Ropeway.Management.Views;

/// <summary>What an import would do with an entry.</summary>
/// <param name="Section">The array that it is in.</param>
/// <param name="Index">Its place there, from 0; null for what is not in the document.</param>
/// <param name="Name">Its name.</param>
/// <param name="Vhost">Its virtual host; null where there is none.</param>
/// <param name="Kind">add, change, refused, ignored, delete or left.</param>
/// <param name="Changes">Which fields would change.</param>
/// <param name="Reason">Why it is refused or left, or null.</param>
internal sealed record DefinitionChangeView(string Section, int? Index, string Name, string? Vhost, string Kind, IReadOnlyList<FieldChangeView> Changes, string? Reason);
