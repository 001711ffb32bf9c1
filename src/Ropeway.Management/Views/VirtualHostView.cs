namespace Ropeway.Management.Views;

/// <summary>A virtual host.</summary>
internal sealed record VirtualHostView(
    string Name,
    string Description,
    IReadOnlyList<string> Tags,
    string DefaultQueueType,
    bool Tracing,
    IReadOnlyDictionary<string, string> ClusterState);
