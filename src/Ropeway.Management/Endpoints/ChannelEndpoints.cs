using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Samples;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/channels</c> and <c>/api/consumers</c>: who has no tag for more sees those of its own connections.</summary>
internal static class ChannelEndpoints
{
    /// <summary>Activity of the one consumer that gets messages while others stand by.</summary>
    public const string SingleActive = "single_active";

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/channels", ApiAccess.Management, List),
        new("GET", "/api/channels/{name}", ApiAccess.Management, Get),
        new("GET", "/api/vhosts/{vhost}/channels", ApiAccess.Management, List),
        new("GET", "/api/connections/{connection}/channels", ApiAccess.Management, ListOfConnection),
        new("GET", "/api/consumers", ApiAccess.Management, ListConsumers),
        new("GET", "/api/consumers/{vhost}", ApiAccess.Management, ListConsumers),
    ];

    /// <summary>The consumers of some connections.</summary>
    public static IEnumerable<(OpenConsumer Consumer, ConsumerView View)> ConsumersOf(Broker broker, IEnumerable<ConnectionEntry> connections) =>
        from entry in connections
        from channel in entry.Connection.ListChannels()
        from consumer in channel.Consumers
        select (consumer, ViewOf(broker, entry, channel, consumer));

    private static ApiReply List(ApiRequest request)
    {
        string? host = request.Has("vhost") ? request.Host().Name : null;
        return Reply(request, ConnectionEndpoints.VisibleTo(request).Where(entry => host is null || entry.VirtualHost == host));
    }

    private static ApiReply ListOfConnection(ApiRequest request) => Reply(request, [ConnectionEndpoints.Find(request, request["connection"])]);

    private static ApiReply Reply(ApiRequest request, IEnumerable<ConnectionEntry> connections)
    {
        MessageStats stats = MessageStats.For(request);
        IEnumerable<ChannelView> views =
            from entry in connections
            orderby entry.Id
            from channel in entry.Connection.ListChannels()
            orderby channel.Number
            select ViewOf(request.Broker, stats, entry, channel);
        return ApiReply.List(request.PagedQuery(), views, view => view.Name, ViewJson.Default.ChannelView, ViewJson.Default.IEnumerableChannelView);
    }

    private static ApiReply Get(ApiRequest request)
    {
        foreach (ConnectionEntry entry in ConnectionEndpoints.VisibleTo(request).Where(entry => request["name"].StartsWith(entry.Name, StringComparison.Ordinal)))
        {
            if (entry.Connection.ListChannels().FirstOrDefault(channel => NameOf(entry, channel) == request["name"]) is { } found)
            {
                ChannelView view = ViewOf(request.Broker, MessageStats.For(request), entry, found) with
                {
                    Publishes = [],
                    Deliveries = [],
                    ConsumerDetails = [.. found.Consumers.Select(consumer => ViewOf(request.Broker, entry, found, consumer))],
                };
                return ApiReply.Item(request.WholeQuery(), view, ViewJson.Default.ChannelView);
            }
        }

        throw ApiException.NotFound();
    }

    private static ApiReply ListConsumers(ApiRequest request)
    {
        var hosts = request.VisibleHosts().Select(host => host.Name).ToHashSet(StringComparer.Ordinal);
        IEnumerable<ConnectionEntry> connections = ConnectionEndpoints.VisibleTo(request).Where(entry => hosts.Contains(entry.VirtualHost)).OrderBy(entry => entry.Id);
        IEnumerable<ConsumerView> views = ConsumersOf(request.Broker, connections).Select(found => found.View);
        return ApiReply.List(request.WholeQuery(), views, view => view.ConsumerTag, ViewJson.Default.ConsumerView, ViewJson.Default.IEnumerableConsumerView);
    }

    private static string NameOf(ConnectionEntry entry, OpenChannel channel) => $"{entry.Name} ({channel.Number})";

    private static ChannelView ViewOf(Broker broker, MessageStats stats, ConnectionEntry entry, OpenChannel channel) => new(
        NameOf(entry, channel),
        channel.Number,
        broker.NodeName,
        entry.User,
        entry.VirtualHost,
        channel.State,
        channel.IsConfirming,
        channel.IsTransactional,
        channel.ConsumerPrefetch,
        channel.SharedPrefetch,
        channel.UnackedCount,
        channel.Consumers.Count,
        entry.User,
        new PeerView(entry.Name, entry.Remote.Address.ToString(), entry.Remote.Port),
        ConsumerDetails: null)
    {
        MessagesUnconfirmed = channel.UnconfirmedCount,
        MessagesUncommitted = channel.UncommittedCount,
        AcksUncommitted = channel.UncommittedAckCount,
        MessageStats = stats.OfChannel(channel.Counters),
        IdleSince = stats.IdleSince(channel.Counters),
    };

    private static ConsumerView ViewOf(Broker broker, ConnectionEntry entry, OpenChannel channel, OpenConsumer open)
    {
        bool isActive = open.Consumer.Queue.IsServed(open.Consumer);
        string activity = !isActive ? "waiting" : open.Consumer.Queue.Effective.IsSingleActiveConsumer ? SingleActive : "up";
        return new ConsumerView(
            new QueueNameView(open.Consumer.Queue.Name, entry.VirtualHost),
            open.Tag,
            AckRequired: !open.Consumer.SettlesOnDelivery,
            isActive,
            activity,
            open.Consumer.IsExclusive,
            open.Prefetch,
            open.Arguments ?? [],
            new ConsumerChannelView(
                NameOf(entry, channel), channel.Number, entry.Name, broker.NodeName, entry.Remote.Address.ToString(), entry.Remote.Port, entry.User));
    }
}
