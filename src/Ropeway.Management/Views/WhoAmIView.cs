namespace Ropeway.Management.Views;

/// <summary>The user that asks.</summary>
internal sealed record WhoAmIView(
    string Name,
    IReadOnlyList<string> Tags);
