using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>Stopping a queue from giving messages away: needs permission to configure it.</summary>
internal static class PauseEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("POST", "/api/ropeway/queues/{vhost}/{name}/pause", ApiAccess.Management, PauseAsync),
        new("POST", "/api/ropeway/queues/{vhost}/{name}/resume", ApiAccess.Management, ResumeAsync),
    ];

    /// <summary>What a queue's JSON says of its pause.</summary>
    public static PauseView? ViewOf(Queue queue) =>
        queue.Paused is { } pause ? new PauseView(pause.User, pause.Reason, DateTimeOffset.FromUnixTimeMilliseconds(pause.SinceMs)) : null;

    private static async ValueTask<ApiReply> PauseAsync(ApiRequest request)
    {
        Queue queue = BrowseEndpoints.QueueOf(request, AccessOperation.Configure);
        string reason = (await request.ReadBodyAsync().ConfigureAwait(false)).Text("reason") ?? string.Empty;
        if (reason.Length > QueuePause.ReasonCharsMax)
        {
            ApiException.ThrowBadRequest($"'reason' has {reason.Length} characters, at most {QueuePause.ReasonCharsMax} are allowed");
        }

        var pause = new QueuePause(request.User.Name, reason, request.Broker.Time.GetUtcNow().ToUnixTimeMilliseconds());
        await request.CommitAsync(queue.Host.PauseQueue(queue.Name, pause)).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> ResumeAsync(ApiRequest request)
    {
        Queue queue = BrowseEndpoints.QueueOf(request, AccessOperation.Configure);
        await request.CommitAsync(queue.Host.PauseQueue(queue.Name, pause: null)).ConfigureAwait(false);
        return ApiReply.NoContent;
    }
}
