using Ropeway.Core.Policies;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/policies</c> for policymakers, <c>/api/operator-policies</c> for administrators; the lists are for everybody who may enter the virtual host, as in RabbitMQ.</summary>
internal static class PolicyEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        .. RoutesOf("policies", PolicyKind.User, ApiAccess.PolicyMaker),
        .. RoutesOf("operator-policies", PolicyKind.Operator, ApiAccess.Administrator),
    ];

    /// <summary>The policies of a virtual host as they are listed and exported.</summary>
    public static IEnumerable<PolicyView> ViewsOf(VirtualHost host, PolicyKind kind) =>
        host.Policies.List(kind).OrderBy(policy => policy.Name, StringComparer.Ordinal).Select(policy => ViewOf(host, policy));

    private static IEnumerable<Route> RoutesOf(string noun, PolicyKind kind, ApiAccess access) =>
    [
        new("GET", $"/api/{noun}", ApiAccess.Management, request => List(request, kind)),
        new("GET", $"/api/{noun}/{{vhost}}", ApiAccess.Management, request => List(request, kind)),
        new("GET", $"/api/{noun}/{{vhost}}/{{name}}", access, request => Get(request, kind)),
        new("PUT", $"/api/{noun}/{{vhost}}/{{name}}", access, request => PutAsync(request, kind)),
        new("DELETE", $"/api/{noun}/{{vhost}}/{{name}}", access, request => DeleteAsync(request, kind)),
    ];

    private static ApiReply List(ApiRequest request, PolicyKind kind) =>
        ApiReply.Json(request.Hosts().SelectMany(host => ViewsOf(host, kind)), ViewJson.Default.IEnumerablePolicyView);

    private static ApiReply Get(ApiRequest request, PolicyKind kind) => ViewsOf(request.Host(), kind).FirstOrDefault(policy => policy.Name == request["name"]) is { } view
        ? ApiReply.Json(view, ViewJson.Default.PolicyView)
        : throw ApiException.NotFound();

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request, PolicyKind kind)
    {
        VirtualHost host = request.Host();
        Written written = DefinitionWriter.PutPolicy(host, kind, request["name"], await request.ReadBodyAsync().ConfigureAwait(false));
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request, PolicyKind kind)
    {
        if (!request.Host().Policies.TryDelete(kind, request["name"], out ulong index))
        {
            throw ApiException.NotFound();
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static PolicyView ViewOf(VirtualHost host, Policy policy) =>
        new(host.Name, policy.Name, policy.Pattern, PolicyTargets.GetName(policy.Target), policy.Definition, policy.Priority);
}
