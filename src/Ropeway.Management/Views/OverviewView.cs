namespace Ropeway.Management.Views;

/// <summary>The broker at a glance.</summary>
internal sealed record OverviewView(
    string ManagementVersion,
    string RatesMode,
    string ProductName,
    string ProductVersion,
    string RabbitmqVersion,
    string ClusterName,
    string Node,
    int StatisticsDbEventQueue,
    ObjectTotalsView ObjectTotals,
    QueueTotalsView QueueTotals,
    IReadOnlyList<ListenerView> Listeners)
{
    /// <summary>What has happened to messages; null when nothing has.</summary>
    public IReadOnlyDictionary<string, object>? MessageStats { get; init; }

    /// <summary>What came and went.</summary>
    public required ChurnView ChurnRates { get; init; }
}
