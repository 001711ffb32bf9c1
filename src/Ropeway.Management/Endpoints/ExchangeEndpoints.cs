using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Samples;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/exchanges</c>. The exchange without name is called <c>amq.default</c> in paths.</summary>
internal static class ExchangeEndpoints
{
    private const string DefaultName = "amq.default";

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/exchanges", ApiAccess.Management, List),
        new("GET", "/api/exchanges/{vhost}", ApiAccess.Management, List),
        new("GET", "/api/exchanges/{vhost}/{name}", ApiAccess.Management, Get),
        new("PUT", "/api/exchanges/{vhost}/{name}", ApiAccess.Management, PutAsync),
        new("DELETE", "/api/exchanges/{vhost}/{name}", ApiAccess.Management, DeleteAsync),
    ];

    /// <summary>An exchange as it is listed and exported.</summary>
    public static ExchangeView ViewOf(VirtualHost host, Exchange exchange) => new(
        exchange.Name, host.Name, ExchangeTypes.GetName(exchange.Type), exchange.Durable, exchange.AutoDelete, exchange.Internal, exchange.Arguments ?? []);

    /// <summary>The name that a segment of a path stands for.</summary>
    public static string NameOf(string segment) => segment == DefaultName ? string.Empty : segment;

    private static ApiReply List(ApiRequest request)
    {
        MessageStats stats = MessageStats.For(request);
        IEnumerable<ExchangeView> views = request.Hosts()
            .SelectMany(host => host.ListExchanges().OrderBy(exchange => exchange.Name, StringComparer.Ordinal).Select(exchange => ViewOf(host, exchange) with { MessageStats = stats.OfExchange(exchange.Counters) }));
        return ApiReply.List(request.PagedQuery(), views, view => view.Name, ViewJson.Default.ExchangeView, ViewJson.Default.IEnumerableExchangeView);
    }

    private static ApiReply Get(ApiRequest request)
    {
        VirtualHost host = request.Host();
        Exchange exchange = Find(request, host);
        ExchangeView view = ViewOf(host, exchange) with { MessageStats = MessageStats.For(request).OfExchange(exchange.Counters), Incoming = [], Outgoing = [] };
        return ApiReply.Item(request.WholeQuery(), view, ViewJson.Default.ExchangeView);
    }

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        string name = NameRules.Clean(NameOf(request["name"]));
        request.Require(host, AccessOperation.Configure, name);
        ExchangeSettings settings = DefinitionWriter.ReadExchange(name, await request.ReadBodyAsync().ConfigureAwait(false));
        if (settings.AlternateExchange is { } alternate && !host.TryGetExchange(name, out _))
        {
            request.Require(host, AccessOperation.Read, name);
            request.Require(host, AccessOperation.Write, alternate);
        }

        Written written = DefinitionWriter.DeclareExchange(host, settings);
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        Exchange exchange = Find(request, host);
        request.Require(host, AccessOperation.Configure, exchange.Name);
        await request.CommitAsync(host.DeleteExchange(exchange.Name, request.IsSet("if-unused"))).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static Exchange Find(ApiRequest request, VirtualHost host) =>
        host.TryGetExchange(NameOf(request["name"]), out Exchange? exchange) ? exchange : throw ApiException.NotFound();
}
