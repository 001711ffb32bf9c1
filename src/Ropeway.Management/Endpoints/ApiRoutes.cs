using Ropeway.Management.Http;
using Ropeway.Management.Live;
using Ropeway.Management.Metrics;

namespace Ropeway.Management.Endpoints;

/// <summary>All endpoints of the management API.</summary>
internal static class ApiRoutes
{
    /// <summary>All endpoints.</summary>
    public static IEnumerable<Route> All(LiveState live)
    {
        Route[] described = [.. Described(live)];
        return [.. described, .. new DescriptionEndpoints(described).Routes];
    }

    private static IEnumerable<Route> Described(LiveState live) =>
    [
        .. new OverviewEndpoints(live.Options).Routes,
        .. new NodeEndpoints(live).Routes,
        .. SingleNodeEndpoints.Routes,
        .. new HealthEndpoints(live.Options).Routes,
        .. VirtualHostEndpoints.Routes,
        .. UserEndpoints.Routes,
        .. PermissionEndpoints.Routes,
        .. TopicPermissionEndpoints.Routes,
        .. PolicyEndpoints.Routes,
        .. LimitEndpoints.Routes,
        .. ParameterEndpoints.Routes,
        .. ConnectionEndpoints.Routes,
        .. ChannelEndpoints.Routes,
        .. QueueEndpoints.Routes,
        .. ExchangeEndpoints.Routes,
        .. BindingEndpoints.Routes,
        .. MessageEndpoints.Routes,
        .. RewindEndpoints.Routes,
        .. SampleEndpoints.Routes,
        .. RoutingEndpoints.Routes,
        .. TracingEndpoints.Routes,
        .. new BrowseEndpoints().Routes,
        .. GlobalParameterEndpoints.Routes,
        .. MemoryEndpoints.Routes,
        .. JobEndpoints.Routes,
        .. PauseEndpoints.Routes,
        .. StreamEndpoints.Routes,
        .. DelayedEndpoints.Routes,
        .. new DefinitionEndpoints(live.Broker).Routes,
        .. new SessionEndpoints(live).Routes,
        .. new LiveEndpoints(live).Routes,
        .. new FindingEndpoints(live).Routes,
        .. new LogEndpoints(live).Routes,
        .. new BackupEndpoints(live.Options).Routes,
        .. MetricPages.Routes(live),
    ];
}
