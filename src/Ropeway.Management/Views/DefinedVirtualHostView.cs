namespace Ropeway.Management.Views;

/// <summary>A virtual host in an export.</summary>
internal sealed record DefinedVirtualHostView(
    string Name,
    string Description,
    IReadOnlyList<string> Tags,
    string? DefaultQueueType,
    VirtualHostMetadataView Metadata);
