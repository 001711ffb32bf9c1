using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Samples;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary>The broker as a whole: <c>/api/overview</c>, <c>/api/whoami</c>.</summary>
internal sealed class OverviewEndpoints(ManagementOptions options)
{
    /// <summary>What tools are told who only know RabbitMQ's versions: the release whose API this one follows.</summary>
    public const string RabbitVersion = Broker.RabbitVersion;

    /// <summary>Our name.</summary>
    public const string Product = "Ropeway";

    /// <summary>How detailed statistics are.</summary>
    public const string RatesMode = "basic"; // Not by pairs of objects.

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/overview", ApiAccess.Management, Overview),
        new("GET", "/api/whoami", ApiAccess.Management, WhoAmI),
    ];

    private static ApiReply WhoAmI(ApiRequest request) =>
        ApiReply.Json(new WhoAmIView(request.User.Name, request.User.Tags), ViewJson.Default.WhoAmIView);

    private ApiReply Overview(ApiRequest request)
    {
        Broker broker = request.Broker;
        VirtualHost[] hosts = [.. request.Hosts()];
        Queue[] queues = [.. hosts.SelectMany(host => host.ListQueues())];
        ConnectionEntry[] connections = [.. ConnectionEndpoints.VisibleTo(request)];
        long ready = queues.Sum(queue => queue.MessageCount);
        long unacked = queues.Sum(queue => queue.UnackedCount);
        long delayed = queues.Sum(queue => queue.DelayedCount);
        MessageStats stats = MessageStats.For(request, withSamples: true);
        (RateView all, RateView readyRate, RateView held) = request.IsMonitor ? stats.LengthsOf(host: null) : (RateView.None, RateView.None, RateView.None);
        var view = new OverviewView(
            ManagementVersion: RabbitVersion,
            RatesMode,
            Product,
            Broker.Version,
            RabbitVersion,
            ClusterName: broker.ClusterName,
            Node: broker.NodeName,
            StatisticsDbEventQueue: 0,
            new ObjectTotalsView(
                connections.Length,
                connections.Sum(entry => entry.Connection.ChannelCount),
                hosts.Sum(host => host.ListExchanges().Count),
                queues.Length,
                queues.Sum(queue => queue.ConsumerCount)),
            new QueueTotalsView(ready + unacked + delayed, ready, unacked, all, readyRate, held),
            request.IsMonitor ? [.. options.Listeners.Select(listener => ViewOf(broker, listener))] : [])
        {
            MessageStats = request.IsMonitor ? stats.OfTotal(host: null) : null,
            ChurnRates = request.Sampler.MeasureChurn(),
            ExchangeTypes = KnownKinds.ExchangeTypes,
            SampleRetentionPolicies = new RetentionView(SampleSeries.SpansSeconds, SampleSeries.SpansSeconds, Detailed: []),
        };
        return ApiReply.Item(request.WholeQuery(), view, ViewJson.Default.OverviewView);
    }

    private static ListenerView ViewOf(Broker broker, ListeningAddress listener) =>
        new(broker.NodeName, listener.Protocol, listener.EndPoint.Address.ToString(), listener.EndPoint.Port);
}
