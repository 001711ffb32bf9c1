using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/parameters</c>: operator policies and limits of virtual hosts, which have endpoints of their own too.</summary>
internal static class ParameterEndpoints
{
    /// <summary>The endpoints. What changes operator policies and limits elsewhere changes them here: an administrator.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/parameters", ApiAccess.PolicyMaker, List),
        new("GET", "/api/parameters/{component}", ApiAccess.PolicyMaker, List),
        new("GET", "/api/parameters/{component}/{vhost}", ApiAccess.PolicyMaker, List),
        new("GET", "/api/parameters/{component}/{vhost}/{name}", ApiAccess.PolicyMaker, Get),
        new("PUT", "/api/parameters/{component}/{vhost}/{name}", ApiAccess.Administrator, PutAsync),
        new("DELETE", "/api/parameters/{component}/{vhost}/{name}", ApiAccess.Administrator, DeleteAsync),
    ];

    private static ApiReply List(ApiRequest request)
    {
        IEnumerable<ParameterView> views = request.Hosts()
            .SelectMany(DefinitionExport.ParametersOf)
            .Where(parameter => !request.Has("component") || parameter.Component == request["component"]);
        return ApiReply.Json(views, ViewJson.Default.IEnumerableParameterView);
    }

    private static ApiReply Get(ApiRequest request) => Find(request, request.Host()) is { } view
        ? ApiReply.Json(view, ViewJson.Default.ParameterView)
        : throw ApiException.NotFound();

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        JsonBody value = (await request.ReadBodyAsync().ConfigureAwait(false)).RequiredObject("value");
        bool isNew = Find(request, host) is null;
        Written written = request["component"] switch
        {
            DefinitionWriter.OperatorPolicy => DefinitionWriter.PutPolicy(host, PolicyKind.Operator, request["name"], value),
            DefinitionWriter.HostLimits when request["name"] == DefinitionExport.LimitsName => DefinitionWriter.PutLimits(host, value),
            DefinitionWriter.HostLimits => throw ApiException.BadRequest($"the limits of a virtual host are called '{DefinitionExport.LimitsName}', got '{request["name"]}'"),
            _ => throw ApiException.BadRequest(
                $"Validation failed: component {request["component"]} not found; expected {DefinitionWriter.OperatorPolicy} or {DefinitionWriter.HostLimits}"),
        };
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(isNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        if (Find(request, host) is null)
        {
            throw ApiException.NotFound();
        }

        ulong index = 0;
        if (request["component"] == DefinitionWriter.HostLimits)
        {
            index = host.SetLimits(VirtualHostLimits.None);
        }
        else if (!host.Policies.TryDelete(PolicyKind.Operator, request["name"], out index))
        {
            throw ApiException.NotFound(); // Another request was faster.
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static ParameterView? Find(ApiRequest request, VirtualHost host) => DefinitionExport.ParametersOf(host)
        .FirstOrDefault(parameter => parameter.Component == request["component"] && parameter.Name == request["name"]);
}
