namespace Ropeway.Management.Views;

/// <summary>A virtual host.</summary>
internal sealed record VirtualHostView(
    string Name,
    string Description,
    IReadOnlyList<string> Tags,
    string DefaultQueueType,
    VirtualHostMetadataView Metadata,
    bool Tracing,
    string? BlockedReason,
    IReadOnlyDictionary<string, string> ClusterState,
    long Messages,
    long MessagesReady,
    long MessagesUnacknowledged,
    RateView MessagesDetails,
    RateView MessagesReadyDetails,
    RateView MessagesUnacknowledgedDetails)
{
    /// <summary>What has happened to messages; null when nothing has.</summary>
    public IReadOnlyDictionary<string, object>? MessageStats { get; init; }
}
