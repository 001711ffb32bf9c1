using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Samples;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/vhosts</c>.</summary>
internal static class VirtualHostEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/vhosts", ApiAccess.Management, List),
        new("GET", "/api/vhosts/{vhost}", ApiAccess.Management, Get),
        new("PUT", "/api/vhosts/{vhost}", ApiAccess.Administrator, PutAsync),
        new("DELETE", "/api/vhosts/{vhost}", ApiAccess.Administrator, DeleteAsync),
        new("POST", "/api/vhosts/{vhost}/start/{node}", ApiAccess.Administrator, Start),
    ];

    /// <summary>The settings of a virtual host.</summary>
    public static VirtualHostMetadataView MetadataOf(VirtualHost host) => new(host.Settings.Description, host.Settings.Tags, host.Settings.DefaultQueueType);

    private static ApiReply List(ApiRequest request)
    {
        IEnumerable<VirtualHost> hosts = request.IsMonitor ? request.Broker.VirtualHosts.All.OrderBy(host => host.Name, StringComparer.Ordinal) : request.Hosts();
        IEnumerable<VirtualHostView> views = hosts.Select(host => ViewOf(request, host));
        return ApiReply.List(request.PagedQuery(), views, view => view.Name, ViewJson.Default.VirtualHostView, ViewJson.Default.IEnumerableVirtualHostView);
    }

    private static ApiReply Get(ApiRequest request)
    {
        if (!request.Broker.VirtualHosts.TryGet(request["vhost"], out VirtualHost? host))
        {
            throw ApiException.NotFound();
        }

        return ApiReply.Item(request.WholeQuery(), ViewOf(request, request.IsMonitor ? host : request.Host()), ViewJson.Default.VirtualHostView);
    }

    private static async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        Written written = DefinitionWriter.PutVirtualHost(request.Broker.Definitions, request["vhost"], await request.ReadBodyAsync().ConfigureAwait(false));
        ulong index = written.Index;
        if (written.IsNew)
        {
            // Who makes a virtual host may use it, as in RabbitMQ.
            request.Broker.Permissions.TrySet(new PermissionGrant(request.User.Name, request["vhost"], ".*", ".*", ".*"), out index, out _);
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.Put(written.IsNew);
    }

    private static async ValueTask<ApiReply> DeleteAsync(ApiRequest request)
    {
        if (!request.Broker.VirtualHosts.TryGet(request["vhost"], out _))
        {
            throw ApiException.NotFound();
        }

        await request.CommitAsync(request.Broker.DeleteVirtualHost(request["vhost"])).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    /// <summary>A virtual host runs as long as the broker does: there is nothing left to start.</summary>
    private static ApiReply Start(ApiRequest request)
    {
        if (!request.Broker.VirtualHosts.TryGet(request["vhost"], out _))
        {
            throw ApiException.NotFound();
        }

        return request["node"] == request.Broker.NodeName
            ? ApiReply.NoContent
            : throw ApiException.BadRequest($"there is no node '{request["node"]}'; expected '{request.Broker.NodeName}'");
    }

    private static VirtualHostView ViewOf(ApiRequest request, VirtualHost host)
    {
        long ready = 0;
        long unacked = 0;
        long delayed = 0;
        foreach (Queue queue in host.ListQueues())
        {
            ready += queue.MessageCount;
            unacked += queue.UnackedCount;
            delayed += queue.DelayedCount;
        }

        MessageStats stats = MessageStats.For(request);
        (RateView all, RateView readyRate, RateView held) = stats.LengthsOf(host);
        return new VirtualHostView(
            host.Name,
            host.Settings.Description,
            host.Settings.Tags,
            host.Settings.DefaultQueueType ?? QueueTypes.Classic,
            MetadataOf(host),
            Tracing: false,
            host.Admission.Reason,
            new Dictionary<string, string>(StringComparer.Ordinal) { [request.Broker.NodeName] = "running" },
            ready + unacked + delayed,
            ready,
            unacked,
            all,
            readyRate,
            held)
        {
            MessageStats = stats.OfTotal(host),
        };
    }
}
