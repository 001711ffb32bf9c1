using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/permissions</c>, also by virtual host and by user. Administrators only.</summary>
internal static class PermissionEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/permissions", ApiAccess.Administrator, List),
        new("GET", "/api/vhosts/{vhost}/permissions", ApiAccess.Administrator, List),
        new("GET", "/api/users/{user}/permissions", ApiAccess.Administrator, List),
        new("GET", "/api/permissions/{vhost}/{user}", ApiAccess.Administrator, Get),
        new("PUT", "/api/permissions/{vhost}/{user}", ApiAccess.Administrator, PutAsync),
        new("DELETE", "/api/permissions/{vhost}/{user}", ApiAccess.Administrator, DeleteAsync),
    ];

    /// <summary>A permission as it is listed and exported.</summary>
    public static PermissionView ViewOf(PermissionGrant grant) => new(grant.User, grant.VirtualHost, grant.Configure, grant.Write, grant.Read);

    private static ApiReply List(ApiRequest request)
    {
        if ((request.Has("vhost") && !request.Broker.VirtualHosts.TryGet(request["vhost"], out _))
            || (request.Has("user") && !request.Broker.Users.TryGet(request["user"], out _)))
        {
            throw ApiException.NotFound();
        }

        return ApiReply.Json(Find(request).Select(ViewOf), ViewJson.Default.IEnumerablePermissionView);
    }

    private static ApiReply Get(ApiRequest request) => Find(request).FirstOrDefault() is { } grant
        ? ApiReply.Json(ViewOf(grant), ViewJson.Default.PermissionView)
        : throw ApiException.NotFound();

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        Written written = DefinitionWriter.PutPermission(request.Broker.Definitions, request["vhost"], request["user"], body);
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        ulong index = request.Broker.Permissions.Clear(request["user"], request["vhost"]);
        if (index == 0)
        {
            throw ApiException.NotFound();
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static IEnumerable<PermissionGrant> Find(ApiRequest request) => request.Broker.Permissions.All
        .Where(grant => (!request.Has("vhost") || grant.VirtualHost == request["vhost"]) && (!request.Has("user") || grant.User == request["user"]))
        .OrderBy(grant => grant.VirtualHost, StringComparer.Ordinal)
        .ThenBy(grant => grant.User, StringComparer.Ordinal);
}
