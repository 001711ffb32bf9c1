using System.Text.Json;
using Ropeway.Core;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/global-parameters</c> and <c>/api/cluster-name</c>, which is one of them.</summary>
internal static class GlobalParameterEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/global-parameters", ApiAccess.PolicyMaker, List),
        new("GET", "/api/global-parameters/{name}", ApiAccess.PolicyMaker, Get),
        new("PUT", "/api/global-parameters/{name}", ApiAccess.PolicyMaker, PutAsync),
        new("DELETE", "/api/global-parameters/{name}", ApiAccess.PolicyMaker, DeleteAsync),
        new("GET", "/api/cluster-name", ApiAccess.Management, GetClusterName),
        new("PUT", "/api/cluster-name", ApiAccess.Administrator, PutClusterNameAsync),
    ];

    /// <summary>All parameters; the cluster's name, too, when nobody has set it.</summary>
    public static IEnumerable<GlobalParameterView> ViewsOf(Broker broker)
    {
        IEnumerable<GlobalParameterView> set = broker.Definitions.GlobalParameters.All.Select(parameter => new GlobalParameterView(parameter.Key, Parse(parameter.Value)));
        return broker.Definitions.GlobalParameters.TryGet(Broker.ClusterNameParameter, out _)
            ? set
            : set.Prepend(new GlobalParameterView(Broker.ClusterNameParameter, JsonSerializer.SerializeToElement(broker.ClusterName, ViewJson.Default.String)));
    }

    private static ApiReply List(ApiRequest request) => ApiReply.Json(ViewsOf(request.Broker), ViewJson.Default.IEnumerableGlobalParameterView);

    private static ApiReply Get(ApiRequest request) => ViewsOf(request.Broker).FirstOrDefault(view => view.Name == request["name"]) is { } found
        ? ApiReply.Json(found, ViewJson.Default.GlobalParameterView)
        : throw ApiException.NotFound();

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        Written written = DefinitionWriter.PutGlobalParameter(request.Broker.Definitions, request["name"], await request.ReadBodyAsync().ConfigureAwait(false));
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        if (!request.Broker.Definitions.GlobalParameters.TryDelete(request["name"], out ulong index))
        {
            throw ApiException.NotFound();
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static ApiReply GetClusterName(ApiRequest request) => ApiReply.Json(new NameView(request.Broker.ClusterName), ViewJson.Default.NameView);

    private static async ValueTask<ApiReply> PutClusterNameAsync(ApiRequest request)
    {
        string name = (await request.ReadBodyAsync().ConfigureAwait(false)).RequiredText("name");
        ulong index = request.Broker.Definitions.GlobalParameters.Set(Broker.ClusterNameParameter, JsonSerializer.SerializeToUtf8Bytes(name, ViewJson.Default.String), out _);
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static JsonElement Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
