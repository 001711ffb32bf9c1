using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary>What RabbitMQ asks of a cluster and its plug-ins, answered as by one node that has all features and nothing to agree on.</summary>
internal static class SingleNodeEndpoints
{
    /// <summary>RabbitMQ 3.10's feature flags that stand for what this broker does.</summary>
    private static readonly (string Name, string Description)[] Flags =
    [
        ("drop_unroutable_metric", "Unroutable messages that are dropped are counted"),
        ("implicit_default_bindings", "The default exchange's bindings are implicit"),
        ("maintenance_mode_status", "A node can be in maintenance"),
        ("quorum_queue", "Queues of the type quorum"),
        ("stream_queue", "Queues of the type stream"),
        ("user_limits", "Limits of users"),
        ("virtual_host_metadata", "Descriptions and tags of virtual hosts"),
    ];

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/extensions", ApiAccess.Management, ListExtensions),
        new("GET", "/api/feature-flags", ApiAccess.Management, ListFlags),
        new("PUT", "/api/feature-flags/{flag}/enable", ApiAccess.Administrator, EnableFlag),
        new("GET", "/api/auth", ApiAccess.Everybody, LoginSettings),
        new("GET", "/api/auth/attempts/{node}", ApiAccess.Administrator, ListAttempts),
        new("GET", "/api/auth/attempts/{node}/source", ApiAccess.Administrator, ListAttemptsBySource),
        new("DELETE", "/api/auth/attempts/{node}", ApiAccess.Administrator, ResetAttempts),
        new("DELETE", "/api/auth/attempts/{node}/source", ApiAccess.Administrator, ResetAttempts),
        new("DELETE", "/api/reset", ApiAccess.Administrator, Reset),
        new("DELETE", "/api/reset/{node}", ApiAccess.Administrator, Reset),
        new("POST", "/api/rebalance/queues", ApiAccess.Administrator, Rebalance),
    ];

    private static ApiReply ListExtensions(ApiRequest request) => ApiReply.Json<IEnumerable<ExtensionView>>([], ViewJson.Default.IEnumerableExtensionView);

    private static ApiReply ListFlags(ApiRequest request) => ApiReply.Json(
        Flags.Select(flag => new FeatureFlagView(flag.Name, flag.Description, DocUrl: string.Empty, "enabled", "stable", "ropeway")),
        ViewJson.Default.IEnumerableFeatureFlagView);

    private static ApiReply EnableFlag(ApiRequest request) => Flags.Any(flag => flag.Name == request["flag"])
        ? ApiReply.NoContent // All are.
        : throw ApiException.BadRequest($"there is no feature flag '{request["flag"]}'");

    private static ApiReply LoginSettings(ApiRequest request) =>
        ApiReply.Json(new LoginSettingsView(EnableUaa: false, UaaClientId: string.Empty, UaaLocation: string.Empty), ViewJson.Default.LoginSettingsView);

    private static ApiReply ListAttempts(ApiRequest request)
    {
        RequireNode(request);
        return ApiReply.Json(
            request.Broker.LoginAttempts.Counts.Select(count => new LoginAttemptsView(count.Protocol, count.Succeeded + count.Failed, count.Failed, count.Succeeded)),
            ViewJson.Default.IEnumerableLoginAttemptsView);
    }

    /// <summary>As in RabbitMQ unless it is told to track them: where attempts came from stands in the log.</summary>
    private static ApiReply ListAttemptsBySource(ApiRequest request)
    {
        RequireNode(request);
        return ApiReply.Json<IEnumerable<LoginAttemptsView>>([], ViewJson.Default.IEnumerableLoginAttemptsView);
    }

    private static ApiReply ResetAttempts(ApiRequest request)
    {
        RequireNode(request);
        request.Broker.LoginAttempts.Reset();
        return ApiReply.NoContent;
    }

    private static void RequireNode(ApiRequest request)
    {
        if (request["node"] != request.Broker.NodeName)
        {
            throw ApiException.NotFound();
        }
    }

    /// <summary>Statistics are counted when they are asked for: none are kept that could be forgotten.</summary>
    private static ApiReply Reset(ApiRequest request) => request.Has("node") && request["node"] != request.Broker.NodeName ? throw ApiException.NotFound() : ApiReply.NoContent;

    /// <summary>All queues are on the one node there is.</summary>
    private static ApiReply Rebalance(ApiRequest request) => ApiReply.NoContent;
}
