using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/bindings</c>, also by queue and by exchange. Lists begin with the bindings of the exchange without name.</summary>
internal static class BindingEndpoints
{
    private const string EmptyKey = "~"; // The properties key of an empty routing key without arguments.

    /// <summary>The endpoints. <c>{type}</c> is <c>q</c> for a queue, <c>e</c> for an exchange.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/bindings", ApiAccess.Management, List),
        new("GET", "/api/bindings/{vhost}", ApiAccess.Management, List),
        new("GET", "/api/queues/{vhost}/{queue}/bindings", ApiAccess.Management, List),
        new("GET", "/api/exchanges/{vhost}/{source}/bindings/source", ApiAccess.Management, List),
        new("GET", "/api/exchanges/{vhost}/{exchange}/bindings/destination", ApiAccess.Management, List),
        new("GET", "/api/bindings/{vhost}/e/{source}/{type}/{destination}", ApiAccess.Management, List),
        new("POST", "/api/bindings/{vhost}/e/{source}/{type}/{destination}", ApiAccess.Management, PostAsync),
        new("GET", "/api/bindings/{vhost}/e/{source}/{type}/{destination}/{key}", ApiAccess.Management, Get),
        new("DELETE", "/api/bindings/{vhost}/e/{source}/{type}/{destination}/{key}", ApiAccess.Management, DeleteAsync),
    ];

    private static ApiReply List(ApiRequest request)
    {
        IEnumerable<VirtualHost> hosts = request.Hosts();
        if (request.Has("queue") && !request.Host().TryGetQueue(request["queue"], out _))
        {
            throw ApiException.NotFound(); // Now: the list is made while it is sent.
        }

        bool? toQueue = request.Has("type") ? IsQueue(request["type"]) : null;
        IEnumerable<BindingView> views = hosts.SelectMany(host => Find(request, host, toQueue));
        return ApiReply.List(request.WholeQuery(), views, view => view.Destination, ViewJson.Default.BindingView, ViewJson.Default.IEnumerableBindingView);
    }

    private static ApiReply Get(ApiRequest request) =>
        ApiReply.Json(FindOne(request, request.Host(), IsQueue(request["type"])), ViewJson.Default.BindingView);

    private static async ValueTask<ApiReply> PostAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        (string source, bool toQueue, string destination) = EndsOf(request, host);
        request.RequireTopic(host, source, body.Text("routing_key") ?? string.Empty);
        Written written = DefinitionWriter.Bind(host, source, toQueue, destination, body);
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        string key = host.ListBindings()
            .First(binding => binding.Source.Name == source
                && binding.Destination.Name == destination
                && binding.Destination is Queue == toQueue
                && binding.RoutingKey == (body.Text("routing_key") ?? string.Empty)
                && Equals(binding.Arguments, body.Arguments("arguments")))
            .PropertiesKey;
        return ApiReply.CreatedAt($"{Uri.EscapeDataString(destination)}/{Uri.EscapeDataString(key)}");
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        (string source, bool toQueue, string destination) = EndsOf(request, host);
        BindingView view = FindOne(request, host, toQueue);
        request.RequireTopic(host, source, view.RoutingKey);
        ulong index = toQueue
            ? host.UnbindQueue(source, destination, view.RoutingKey, view.Arguments, owner: null)
            : host.UnbindExchange(source, destination, view.RoutingKey, view.Arguments);
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static (string Source, bool ToQueue, string Destination) EndsOf(ApiRequest request, VirtualHost host)
    {
        string source = ExchangeEndpoints.NameOf(request["source"]);
        bool toQueue = IsQueue(request["type"]);
        string destination = toQueue ? request["destination"] : ExchangeEndpoints.NameOf(request["destination"]);
        request.Require(host, AccessOperation.Write, destination);
        request.Require(host, AccessOperation.Read, source);
        return (source, toQueue, destination);
    }

    private static bool IsQueue(string type) => type switch
    {
        "q" => true,
        "e" => false,
        _ => throw ApiException.NotFound(),
    };

    /// <summary>The binding whose properties key the path names; else the one whose routing key it names, which is how people write it.</summary>
    private static BindingView FindOne(ApiRequest request, VirtualHost host, bool toQueue)
    {
        BindingView[] views = [.. Find(request, host, toQueue)];
        string key = request["key"];
        return views.FirstOrDefault(view => view.PropertiesKey == key)
            ?? views.FirstOrDefault(view => key != EmptyKey && Uri.UnescapeDataString(view.PropertiesKey) == key)
            ?? throw ApiException.NotFound();
    }

    /// <summary>The bindings of a host that the path means, to queues or to exchanges only or to both.</summary>
    private static IEnumerable<BindingView> Find(ApiRequest request, VirtualHost host, bool? toQueue)
    {
        IEnumerable<BindingView> views = host.ListQueues().Select(queue => DefaultOf(host, queue)).Concat(host.ListBindings().Select(binding => ViewOf(host, binding)));
        return views
            .Where(view => Fits(request, "source", ExchangeEndpoints.NameOf, view.Source))
            .Where(view => Fits(request, "destination", ExchangeEndpoints.NameOf, view.Destination))
            .Where(view => toQueue is null || view.DestinationType == (toQueue.Value ? "queue" : "exchange"))
            .Where(view => Fits(request, "queue", name => name, view.Destination) && (!request.Has("queue") || view.DestinationType == "queue"))
            .Where(view => Fits(request, "exchange", ExchangeEndpoints.NameOf, view.Destination) && (!request.Has("exchange") || view.DestinationType == "exchange"));
    }

    private static bool Fits(ApiRequest request, string segment, Func<string, string> wanted, string value) =>
        !request.Has(segment) || wanted(request[segment]) == value;

    private static BindingView DefaultOf(VirtualHost host, Queue queue) =>
        new(string.Empty, host.Name, queue.Name, "queue", queue.Name, [], Uri.EscapeDataString(queue.Name).Replace("~", "%7E", StringComparison.Ordinal));

    private static BindingView ViewOf(VirtualHost host, Binding binding) => new(
        binding.Source.Name,
        host.Name,
        binding.Destination.Name,
        binding.Destination is Queue ? "queue" : "exchange",
        binding.RoutingKey,
        binding.Arguments ?? [],
        binding.PropertiesKey);
}
