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
        ulong index = DefinitionImport.Apply(request.Broker, await request.ReadBodyAsync().ConfigureAwait(false), host);
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }
}
