using Microsoft.AspNetCore.Http;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/definitions</c>: export and import, of everything or of one virtual host's topology. Administrators only.</summary>
internal static class DefinitionEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/definitions", ApiAccess.Administrator, Export),
        new("GET", "/api/all-configuration", ApiAccess.Administrator, Export), // The old name.
        new("POST", "/api/all-configuration", ApiAccess.Administrator, ImportAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
        new("GET", "/api/definitions/{vhost}", ApiAccess.Administrator, Export),
        new("POST", "/api/definitions", ApiAccess.Administrator, ImportAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
        new("POST", "/api/ropeway/definitions/diff", ApiAccess.Administrator, CompareAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax, IsAudited = false },
        new("POST", "/api/ropeway/definitions", ApiAccess.Administrator, ImportAsSeenAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
        new("POST", "/api/definitions/{vhost}", ApiAccess.Administrator, ImportAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
    ];

    private static ApiReply Export(ApiRequest request)
    {
        DefinitionsView view = request.Has("vhost")
            ? DefinitionExport.Of(request.Broker, [request.Host()], withUsers: false)
            : DefinitionExport.Of(request.Broker, request.Broker.VirtualHosts.All, withUsers: true);
        return ApiReply.Json(view, ViewJson.Default.DefinitionsView);
    }

    private static async ValueTask<ApiReply> ImportAsync(ApiRequest request)
    {
        string? host = request.Has("vhost") ? request.Host().Name : null;
        ulong index = DefinitionImport.Apply(request.Broker, await request.ReadBodyOrFileAsync("file").ConfigureAwait(false), host);
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> CompareAsync(ApiRequest request) => Show(await DiffOfAsync(request).ConfigureAwait(false), StatusCodes.Status200OK);

    /// <summary>Imports if that still does what was seen.</summary>
    private static async ValueTask<ApiReply> ImportAsSeenAsync(ApiRequest request)
    {
        string seen = request.Parameter("if_state") ?? throw ApiException.BadRequest("'if_state' is missing: it is the state of a diff");
        JsonBody document = await request.ReadBodyAsync().ConfigureAwait(false);
        string? host = HostOf(request);
        DefinitionDiffView diff = DefinitionImport.Compare(request.Broker, document, host);
        if (diff.State != seen)
        {
            return Show(diff, StatusCodes.Status409Conflict);
        }

        await request.CommitAsync(DefinitionImport.Apply(request.Broker, document, host)).ConfigureAwait(false);
        return Show(diff, StatusCodes.Status200OK);
    }

    private static async ValueTask<DefinitionDiffView> DiffOfAsync(ApiRequest request) =>
        DefinitionImport.Compare(request.Broker, await request.ReadBodyAsync().ConfigureAwait(false), HostOf(request));

    private static string? HostOf(ApiRequest request) => request.Parameter("vhost") is { Length: > 0 } name ? request.Host(name).Name : null;

    private static ApiReply Show(DefinitionDiffView diff, int status) => ApiReply.Json(diff, ActJson.Default.DefinitionDiffView, status);
}
