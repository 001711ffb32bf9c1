using Ropeway.Core.Limits;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Messages;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/vhost-limits</c> and <c>/api/user-limits</c>. Everybody may read, administrators change.</summary>
internal static class LimitEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/vhost-limits", ApiAccess.Management, ListOfHosts),
        new("GET", "/api/vhost-limits/{vhost}", ApiAccess.Management, ListOfHosts),
        new("PUT", "/api/vhost-limits/{vhost}/{name}", ApiAccess.Administrator, PutOfHostAsync),
        new("DELETE", "/api/vhost-limits/{vhost}/{name}", ApiAccess.Administrator, DeleteOfHostAsync),
        new("GET", "/api/user-limits", ApiAccess.Management, ListOfUsers),
        new("GET", "/api/user-limits/{user}", ApiAccess.Management, ListOfUsers),
        new("PUT", "/api/user-limits/{user}/{name}", ApiAccess.Administrator, PutOfUserAsync),
        new("DELETE", "/api/user-limits/{user}/{name}", ApiAccess.Administrator, DeleteOfUserAsync),
    ];

    /// <summary>Limits as they are listed and exported.</summary>
    public static FieldTable TableOf(IEnumerable<(string Name, long Value)> limits)
    {
        var table = new FieldTable();
        foreach ((string name, long value) in limits)
        {
            table.Add(name, value);
        }

        return table;
    }

    private static ApiReply ListOfHosts(ApiRequest request)
    {
        IEnumerable<VirtualHostLimitsView> views = request.VisibleHosts()
            .Where(host => host.Limits != VirtualHostLimits.None)
            .Select(host => new VirtualHostLimitsView(host.Name, TableOf(host.Limits.Named())));
        return ApiReply.Json(views, ViewJson.Default.IEnumerableVirtualHostLimitsView);
    }

    private static async ValueTask<ApiReply> PutOfHostAsync(ApiRequest request)
    {
        VirtualHost host = HostOf(request);
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        await request.CommitAsync(host.SetLimit(request["name"], body.RequiredLimit("value", request["name"]))).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> DeleteOfHostAsync(ApiRequest request)
    {
        VirtualHost host = HostOf(request);
        if (VirtualHostLimits.IsName(request["name"]))
        {
            await request.CommitAsync(host.SetLimit(request["name"], value: null)).ConfigureAwait(false);
        }

        return ApiReply.NoContent;
    }

    private static ApiReply ListOfUsers(ApiRequest request)
    {
        if (request.Has("user") && !request.Broker.Users.TryGet(request["user"], out _))
        {
            throw ApiException.NotFound();
        }

        IEnumerable<UserLimitsView> views = request.Broker.LimitsOfUsers.All
            .Where(limits => !request.Has("user") || limits.Key == request["user"])
            .OrderBy(limits => limits.Key, StringComparer.Ordinal)
            .Select(limits => new UserLimitsView(limits.Key, TableOf(limits.Value.Named())));
        return ApiReply.Json(views, ViewJson.Default.IEnumerableUserLimitsView);
    }

    private static async ValueTask<ApiReply> PutOfUserAsync(ApiRequest request)
    {
        RequireUser(request);
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        ulong index = request.Broker.LimitsOfUsers.Set(request["user"], request["name"], body.RequiredLimit("value", request["name"]));
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> DeleteOfUserAsync(ApiRequest request)
    {
        RequireUser(request);
        if (UserLimits.IsName(request["name"]))
        {
            await request.CommitAsync(request.Broker.LimitsOfUsers.Set(request["user"], request["name"], value: null)).ConfigureAwait(false);
        }

        return ApiReply.NoContent;
    }

    /// <summary>The virtual host that the path names, which an administrator need not be allowed to enter.</summary>
    private static VirtualHost HostOf(ApiRequest request) =>
        request.Broker.VirtualHosts.TryGet(request["vhost"], out VirtualHost? host) ? host : throw ApiException.NotFound("vhost_not_found");

    private static void RequireUser(ApiRequest request)
    {
        if (!request.Broker.Users.TryGet(request["user"], out _))
        {
            throw ApiException.BadRequest($"no_such_user: {request["user"]}");
        }
    }
}
