using Ropeway.Core;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Samples;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/queues</c>. What the user's permissions refuse over AMQP they refuse here.</summary>
internal static class QueueEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/queues", ApiAccess.Management, List),
        new("GET", "/api/queues/{vhost}", ApiAccess.Management, List),
        new("GET", "/api/queues/{vhost}/{name}", ApiAccess.Management, Get),
        new("PUT", "/api/queues/{vhost}/{name}", ApiAccess.Management, PutAsync),
        new("DELETE", "/api/queues/{vhost}/{name}", ApiAccess.Management, DeleteAsync),
        new("DELETE", "/api/queues/{vhost}/{name}/contents", ApiAccess.Management, PurgeAsync),
        new("POST", "/api/queues/{vhost}/{name}/actions", ApiAccess.Administrator, ActAsync),
    ];

    private static ApiReply List(ApiRequest request)
    {
        if (request.IsSet("disable_stats"))
        {
            return ListInBrief(request);
        }

        ILookup<Queue, ConsumerView> tags = ChannelEndpoints.ConsumersOf(request.Broker, request.Broker.Connections.Entries)
            .ToLookup(found => found.Consumer.Consumer.Queue, found => found.View);
        MessageStats stats = MessageStats.For(request);
        IEnumerable<QueueView> views = request.Hosts()
            .SelectMany(host => host.ListQueues().OrderBy(queue => queue.Name, StringComparer.Ordinal))
            .Select(queue => ViewOf(request.Broker, stats, queue, tags[queue]));
        return ApiReply.List(request.PagedQuery(), views, view => view.Name, ViewJson.Default.QueueView, ViewJson.Default.IEnumerableQueueView);
    }

    private static ApiReply Get(ApiRequest request)
    {
        Queue queue = Find(request, request.Host());
        ConsumerView[] consumers = [.. ChannelEndpoints.ConsumersOf(request.Broker, request.Broker.Connections.Entries.Where(entry => entry.VirtualHost == queue.Host.Name))
            .Where(found => ReferenceEquals(found.Consumer.Consumer.Queue, queue))
            .Select(found => found.View)];
        QueueView view = ViewOf(request.Broker, MessageStats.For(request, withSamples: true), queue, consumers) with { ConsumerDetails = consumers, Deliveries = [], Incoming = [] };
        return ApiReply.Item(request.WholeQuery(), view, ViewJson.Default.QueueView);
    }

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        string name = NameRules.Clean(request["name"]);
        request.Require(host, AccessOperation.Configure, name);
        QueueSettings settings = DefinitionWriter.ReadQueue(name, await request.ReadBodyAsync().ConfigureAwait(false));
        if (settings.DeadLetterExchange is { } deadLetters && !host.TryGetQueue(settings.Name, out _))
        {
            request.Require(host, AccessOperation.Read, settings.Name);
            request.Require(host, AccessOperation.Write, deadLetters);
        }

        Written written = DefinitionWriter.DeclareQueue(host, settings);
        await request.CommitAsync(written.Index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        Queue queue = Find(request, host);
        request.Require(host, AccessOperation.Configure, queue.Name);
        DeletedQueue deleted = host.DeleteQueue(queue.Name, owner: null, request.IsSet("if-unused"), request.IsSet("if-empty"));
        await request.CommitAsync(deleted.CommitIndex).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> PurgeAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        Queue queue = Find(request, host);
        request.Require(host, AccessOperation.Read, queue.Name);
        host.GetQueue(queue.Name, owner: null).Purge(out ulong index); // Refuses another connection's own queue.
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    /// <summary><c>sync</c> and <c>cancel_sync</c> are for mirrors; a queue without any is as synchronised as it can be.</summary>
    private static async ValueTask<ApiReply> ActAsync(ApiRequest request)
    {
        Find(request, request.Host());
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        string action = body.RequiredText("action");
        return action is "sync" or "cancel_sync"
            ? ApiReply.NoContent
            : throw ApiException.BadRequest($"unknown action '{action}'; expected sync or cancel_sync");
    }

    private static ApiReply ListInBrief(ApiRequest request)
    {
        bool hasTotals = request.IsSet("enable_queue_totals");
        IEnumerable<QueueBriefView> views = request.Hosts()
            .SelectMany(host => host.ListQueues().OrderBy(queue => queue.Name, StringComparer.Ordinal))
            .Select(queue => BriefOf(request.Broker, queue, hasTotals));
        return ApiReply.List(request.PagedQuery(), views, view => view.Name, ViewJson.Default.QueueBriefView, ViewJson.Default.IEnumerableQueueBriefView);
    }

    private static QueueBriefView BriefOf(Broker broker, Queue queue, bool hasTotals)
    {
        QueueSettings settings = queue.Settings;
        long ready = hasTotals ? queue.MessageCount : 0;
        long unacked = hasTotals ? queue.UnackedCount : 0;
        long delayed = hasTotals ? queue.DelayedCount : 0;
        return new QueueBriefView(
            settings.Arguments ?? [],
            settings.AutoDelete,
            settings.Durable,
            settings.Exclusive,
            hasTotals ? ready + unacked + delayed : null,
            hasTotals ? ready : null,
            hasTotals ? unacked : null,
            queue.Name,
            broker.NodeName,
            StateOf(queue.OutOfService),
            QueueTypes.Of(queue),
            queue.Host.Name);
    }

    /// <summary>RabbitMQ's word for a queue that cannot be served is <c>crashed</c>.</summary>
    private static string StateOf(string? outOfService) => outOfService is null ? "running" : "crashed";

    private static Queue Find(ApiRequest request, VirtualHost host) => host.TryGetQueue(request["name"], out Queue? queue) ? queue : throw ApiException.NotFound();

    private static QueueView ViewOf(Broker broker, MessageStats stats, Queue queue, IEnumerable<ConsumerView> consumers)
    {
        string? outOfService = queue.OutOfService;
        long ready = queue.MessageCount;
        long unacked = queue.UnackedCount;
        long delayed = queue.DelayedCount;
        QueueSettings settings = queue.Settings;
        EffectivePolicy policy = queue.Host.Policies.Find(queue);
        (RateView all, RateView readyRate, RateView held) = stats.LengthsOf(queue);
        return new QueueView(
            queue.Name,
            queue.Host.Name,
            QueueTypes.Of(queue),
            settings.Durable,
            settings.AutoDelete,
            settings.Exclusive,
            settings.Arguments ?? [],
            policy.User?.Name,
            policy.Operator?.Name,
            policy.MergeDefinitions(),
            EffectiveTable.Of(queue.Effective),
            broker.NodeName,
            StateOf(outOfService),
            outOfService,
            ready + unacked + delayed,
            ready,
            unacked,
            delayed,
            queue.KeptCount,
            queue.ConsumerCount,
            consumers.FirstOrDefault(consumer => consumer.Exclusive)?.ConsumerTag,
            consumers.FirstOrDefault(consumer => consumer.ActivityStatus == ChannelEndpoints.SingleActive)?.ConsumerTag,
            ConsumerDetails: null)
        {
            MessageStats = stats.OfQueue(queue),
            MessagesDetails = all,
            MessagesReadyDetails = readyRate,
            MessagesUnacknowledgedDetails = held,
            Paused = PauseEndpoints.ViewOf(queue),
            IdleSince = stats.IdleSince(queue.Counters),
            DeliveryLimit = DeliveryLimitOf(queue),
        };
    }

    /// <summary>NServiceBus takes a queue that does not tell it for one without a limit, and then loses messages at the default one.</summary>
    private static object? DeliveryLimitOf(Queue queue) => queue.Effective switch
    {
        { QueueType: not QueueType.Quorum } => null,
        { DeliveryLimit: { } limit } => limit,
        _ => "unlimited",
    };
}
