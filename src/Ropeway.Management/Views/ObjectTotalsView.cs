namespace Ropeway.Management.Views;

/// <summary>How many things there are.</summary>
internal sealed record ObjectTotalsView(
    int Connections,
    int Channels,
    int Exchanges,
    int Queues,
    int Consumers);
