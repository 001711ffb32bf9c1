using System.Globalization;
using Microsoft.AspNetCore.Http;
using Ropeway.Management.Http;
using Ropeway.Management.Live;
using Ropeway.Management.Logs;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/ropeway/log</c> and <c>/api/ropeway/audit</c>: what the broker said, and who changed what.</summary>
internal sealed class LogEndpoints(LiveState live)
{
    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/log", ApiAccess.Monitoring, List),
        new("GET", "/api/ropeway/log/events", ApiAccess.Monitoring, Follow) { IsStream = true },
        new("GET", "/api/ropeway/audit", ApiAccess.Administrator, Audit),
    ];

    private LogTail Tail => live.Options.LogTail ?? throw new ApiException(StatusCodes.Status404NotFound, "not_found", "this server keeps no log in memory");

    private ApiReply List(ApiRequest request) => ApiReply.Json(
        LogFilter.Read(request.Parameter).Select(Tail.Read()).Select(LogLineView.Of), ViewJson.Default.IEnumerableLogLineView);

    private ApiReply Follow(ApiRequest request)
    {
        LogTail tail = Tail;
        var filter = LogFilter.Read(request.Parameter);
        if (request.Context.Request.Method == "HEAD")
        {
            return LiveEndpoints.StreamOf(request, (_, _) => Task.CompletedTask);
        }

        long after = 0;
        string? resumed = null;
        if (request.Header("Last-Event-ID") is { } last && last.LastIndexOf('-') is > 0 and var end)
        {
            resumed = last[..end];
            _ = long.TryParse(last.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out after);
        }

        LiveStream stream = live.Streams.Open(request.User, request.Session, resumed, new Subscription([], []));
        return LiveEndpoints.StreamOf(request, new LogFeed(live, stream, tail, filter, Math.Min(after, tail.Count)).RunAsync);
    }

    private ApiReply Audit(ApiRequest request) =>
        ApiReply.Json(live.Audit.Last(LogFilter.ReadLimit(request.Parameter("limit"))).Select(AuditView.Of), ViewJson.Default.IEnumerableAuditView);
}
