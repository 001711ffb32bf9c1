using Microsoft.AspNetCore.Http;
using Ropeway.Core;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/definitions</c>: export and import, of everything or of one virtual host's topology, and taking imports back. Administrators only.</summary>
internal sealed class DefinitionEndpoints(Broker broker)
{
    private readonly ImportHistory _imports = new(broker);

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/definitions", ApiAccess.Administrator, Export),
        new("GET", "/api/all-configuration", ApiAccess.Administrator, Export), // The old name.
        new("POST", "/api/all-configuration", ApiAccess.Administrator, ImportAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
        new("GET", "/api/definitions/{vhost}", ApiAccess.Administrator, Export),
        new("POST", "/api/definitions", ApiAccess.Administrator, ImportAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
        new("POST", "/api/ropeway/definitions/diff", ApiAccess.Administrator, CompareAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax, IsAudited = false },
        new("POST", "/api/ropeway/definitions", ApiAccess.Administrator, ImportAsSeenAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
        new("GET", "/api/ropeway/definitions/imports", ApiAccess.Administrator, _ => ApiReply.Json(_imports.All, ActJson.Default.IEnumerableImportView)),
        new("POST", "/api/ropeway/definitions/imports/{id}/undo", ApiAccess.Administrator, UndoAsync),
        new("POST", "/api/definitions/{vhost}", ApiAccess.Administrator, ImportAsync) { BodyBytesMax = ManagementLimits.DefinitionsBytesMax },
    ];

    private static ApiReply Export(ApiRequest request)
    {
        DefinitionsView view = request.Has("vhost")
            ? DefinitionExport.Of(request.Broker, [request.Host()], withUsers: false)
            : DefinitionExport.Of(request.Broker, request.Broker.VirtualHosts.All, withUsers: true);
        return ApiReply.Json(view, ViewJson.Default.DefinitionsView);
    }

    private static async ValueTask<ApiReply> CompareAsync(ApiRequest request) =>
        Show(new PlannedImport(request.Broker, OrderOf(request, HostOf(request), await request.ReadBodyAsync(JsonBody.DefinitionsNestingMax).ConfigureAwait(false))).Compare(), StatusCodes.Status200OK);

    private async ValueTask<ApiReply> ImportAsync(ApiRequest request)
    {
        string? host = request.Has("vhost") ? request.Host().Name : null;
        ImportOrder order = OrderOf(request, host, await request.ReadDefinitionsAsync("file").ConfigureAwait(false));
        if (order.IsPruning)
        {
            throw ApiException.BadRequest("'prune' deletes what a diff has shown: POST /api/ropeway/definitions?prune=true&if_state=STATE");
        }

        await ImportAsync(request, order).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    /// <summary>Imports if that still does what was seen.</summary>
    private async ValueTask<ApiReply> ImportAsSeenAsync(ApiRequest request)
    {
        string seen = request.Parameter("if_state") ?? throw ApiException.BadRequest("'if_state' is missing: it is the state of a diff");
        ImportOrder order = OrderOf(request, HostOf(request), await request.ReadBodyAsync(JsonBody.DefinitionsNestingMax).ConfigureAwait(false));
        ImportOutcome outcome = await ImportAsync(request, order with { Seen = seen }).ConfigureAwait(false);
        return Show(outcome.Diff!, outcome.IsDone ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private async ValueTask<ImportOutcome> ImportAsync(ApiRequest request, ImportOrder order)
    {
        ImportOutcome outcome = _imports.Import(order);
        request.ActObject = order.OnlyHost is null ? outcome.Text : $"{order.OnlyHost}: {outcome.Text}";
        await request.CommitAsync(outcome.Index).ConfigureAwait(false);
        return outcome;
    }

    private async ValueTask<ApiReply> UndoAsync(ApiRequest request)
    {
        UndoneImportView undone = _imports.Undo(request["id"], request.User.Name, out ulong index);
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.Json(undone, ActJson.Default.UndoneImportView);
    }

    private static ImportOrder OrderOf(ApiRequest request, string? onlyHost, JsonBody document) => new(document, onlyHost, request.User.Name, request.IsSet("prune"));

    private static string? HostOf(ApiRequest request) => request.Parameter("vhost") is { Length: > 0 } name ? request.Host(name).Name : null;

    private static ApiReply Show(DefinitionDiffView diff, int status) => ApiReply.Json(diff, ActJson.Default.DefinitionDiffView, status);
}
