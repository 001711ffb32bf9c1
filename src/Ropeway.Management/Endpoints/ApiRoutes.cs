using Ropeway.Management.Http;

namespace Ropeway.Management.Endpoints;

/// <summary>All endpoints of the management API.</summary>
internal static class ApiRoutes
{
    /// <summary>All endpoints.</summary>
    public static IEnumerable<Route> All(ManagementOptions options) =>
    [
        .. new OverviewEndpoints(options).Routes,
        .. SingleNodeEndpoints.Routes,
        .. new HealthEndpoints(options).Routes,
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
        .. new BrowseEndpoints().Routes,
        .. GlobalParameterEndpoints.Routes,
        .. MemoryEndpoints.Routes,
        .. JobEndpoints.Routes,
        .. PauseEndpoints.Routes,
        .. DefinitionEndpoints.Routes,
        .. new BackupEndpoints(options).Routes,
    ];
}
