using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/parameters</c>, to read: operator policies and limits of virtual hosts are changed at endpoints of their own.</summary>
internal static class ParameterEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/parameters", ApiAccess.PolicyMaker, List),
        new("GET", "/api/parameters/{component}", ApiAccess.PolicyMaker, List),
        new("GET", "/api/parameters/{component}/{vhost}", ApiAccess.PolicyMaker, List),
    ];

    private static ApiReply List(ApiRequest request)
    {
        IEnumerable<ParameterView> views = request.Hosts()
            .SelectMany(DefinitionExport.ParametersOf)
            .Where(parameter => !request.Has("component") || parameter.Component == request["component"]);
        return ApiReply.Json(views, ViewJson.Default.IEnumerableParameterView);
    }
}
