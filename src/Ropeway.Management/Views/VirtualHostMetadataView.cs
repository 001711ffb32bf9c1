namespace Ropeway.Management.Views;

/// <summary>The settings of a virtual host.</summary>
internal sealed record VirtualHostMetadataView(
    string Description,
    IReadOnlyList<string> Tags,
    string? DefaultQueueType);
