using Ropeway.Core;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
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
    ];

    private static ApiReply List(ApiRequest request)
    {
        ILookup<Queue, ConsumerView> tags = ChannelEndpoints.ConsumersOf(request.Broker, request.Broker.Connections.Entries)
            .ToLookup(found => found.Consumer.Consumer.Queue, found => found.View);
        IEnumerable<QueueView> views = request.Hosts()
            .SelectMany(host => host.ListQueues().OrderBy(queue => queue.Name, StringComparer.Ordinal))
            .Select(queue => ViewOf(request.Broker, queue, tags[queue]));
        return ApiReply.Json(views, ViewJson.Default.IEnumerableQueueView);
    }

    private static ApiReply Get(ApiRequest request)
    {
        Queue queue = Find(request, request.Host());
        ConsumerView[] consumers = [.. ChannelEndpoints.ConsumersOf(request.Broker, request.Broker.Connections.Entries.Where(entry => entry.VirtualHost == queue.Host.Name))
            .Where(found => ReferenceEquals(found.Consumer.Consumer.Queue, queue))
            .Select(found => found.View)];
        QueueView view = ViewOf(request.Broker, queue, consumers) with { ConsumerDetails = consumers };
        return ApiReply.Json(view, ViewJson.Default.QueueView);
    }

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        request.Require(host, AccessOperation.Configure, request["name"]);
        QueueSettings settings = DefinitionWriter.ReadQueue(request["name"], await request.ReadBodyAsync().ConfigureAwait(false));
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

    private static Queue Find(ApiRequest request, VirtualHost host) => host.TryGetQueue(request["name"], out Queue? queue) ? queue : throw ApiException.NotFound();

    private static QueueView ViewOf(Broker broker, Queue queue, IEnumerable<ConsumerView> consumers)
    {
        string? outOfService = queue.OutOfService;
        long ready = queue.MessageCount;
        long unacked = queue.UnackedCount;
        long delayed = queue.DelayedCount;
        QueueSettings settings = queue.Settings;
        EffectivePolicy policy = queue.Host.Policies.Find(queue);
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
            State: outOfService is null ? "running" : "crashed", // RabbitMQ's word for a queue that cannot be served.
            outOfService,
            ready + unacked + delayed,
            ready,
            unacked,
            delayed,
            queue.KeptCount,
            queue.ConsumerCount,
            consumers.FirstOrDefault(consumer => consumer.Exclusive)?.ConsumerTag,
            consumers.FirstOrDefault(consumer => consumer.ActivityStatus == ChannelEndpoints.SingleActive)?.ConsumerTag,
            ConsumerDetails: null);
    }
}
