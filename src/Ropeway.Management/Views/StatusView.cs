namespace Ropeway.Management.Views;

/// <summary>The result of a check.</summary>
internal sealed record StatusView(
    string Status,
    string? Reason = null,
    int? Port = null,
    string? Protocol = null,
    int? Missing = null,
    IReadOnlyList<int>? Ports = null);
