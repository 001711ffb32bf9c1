using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/topic-permissions</c>, also by virtual host and by user. Administrators only.</summary>
internal static class TopicPermissionEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/topic-permissions", ApiAccess.Administrator, List),
        new("GET", "/api/vhosts/{vhost}/topic-permissions", ApiAccess.Administrator, List),
        new("GET", "/api/users/{user}/topic-permissions", ApiAccess.Administrator, List),
        new("GET", "/api/topic-permissions/{vhost}/{user}", ApiAccess.Administrator, GetOfUser),
        new("PUT", "/api/topic-permissions/{vhost}/{user}", ApiAccess.Administrator, PutAsync),
        new("PUT", "/api/topic-permissions/{vhost}/{user}/{exchange}", ApiAccess.Administrator, PutAsync),
        new("DELETE", "/api/topic-permissions/{vhost}/{user}", ApiAccess.Administrator, DeleteAsync),
        new("GET", "/api/topic-permissions/{vhost}/{user}/{exchange}", ApiAccess.Administrator, GetOfUser),
        new("DELETE", "/api/topic-permissions/{vhost}/{user}/{exchange}", ApiAccess.Administrator, DeleteAsync),
    ];

    /// <summary>A topic permission as it is listed and exported.</summary>
    public static TopicPermissionView ViewOf(TopicGrant grant) => new(grant.User, grant.VirtualHost, grant.Exchange, grant.Write, grant.Read);

    private static ApiReply List(ApiRequest request)
    {
        if ((request.Has("vhost") && !request.Broker.VirtualHosts.TryGet(request["vhost"], out _))
            || (request.Has("user") && !request.Broker.Users.TryGet(request["user"], out _)))
        {
            throw ApiException.NotFound();
        }

        return ApiReply.Json(Find(request), ViewJson.Default.IEnumerableTopicPermissionView);
    }

    private static ApiReply GetOfUser(ApiRequest request) =>
        Find(request).Any() ? ApiReply.Json(Find(request), ViewJson.Default.IEnumerableTopicPermissionView) : throw ApiException.NotFound();

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        Written written = DefinitionWriter.PutTopicPermission(request.Broker.Definitions, request["vhost"], request["user"], body);
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        ulong index = request.Broker.Permissions.Topics.Clear(request["user"], request["vhost"], request.Has("exchange") ? request["exchange"] : null);
        if (index == 0)
        {
            throw ApiException.NotFound();
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static IEnumerable<TopicPermissionView> Find(ApiRequest request) => request.Broker.Permissions.Topics.All
        .Where(grant => (!request.Has("vhost") || grant.VirtualHost == request["vhost"]) && (!request.Has("user") || grant.User == request["user"]))
        .Where(grant => !request.Has("exchange") || grant.Exchange == request["exchange"])
        .OrderBy(grant => grant.VirtualHost, StringComparer.Ordinal)
        .ThenBy(grant => grant.User, StringComparer.Ordinal)
        .ThenBy(grant => grant.Exchange, StringComparer.Ordinal)
        .Select(ViewOf);
}
