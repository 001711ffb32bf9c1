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
    public required IReadOnlyDictionary<string, object> ChurnRates { get; init; }

    /// <summary>The types of exchanges that there are.</summary>
    public required IReadOnlyList<KindView> ExchangeTypes { get; init; }

    /// <summary>How far back samples go, in seconds, from the finest to the coarsest.</summary>
    public required RetentionView SampleRetentionPolicies { get; init; }

    /// <summary>Statistics can not be switched off.</summary>
    public bool DisableStats { get; init; }

    /// <summary>Totals are there with the statistics: there is no need for them alone.</summary>
    public bool EnableQueueTotals { get; init; }
}
