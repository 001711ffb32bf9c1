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
    IReadOnlyList<ListenerView> Listeners);
