using Ropeway.Management.Findings;
using Ropeway.Management.Http;
using Ropeway.Management.Live;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/ropeway/findings</c>: what needs a look, as the user sees it.</summary>
internal sealed class FindingEndpoints(LiveState live)
{
    private const int ReasonCharsMax = 200;
    private static readonly TimeSpan SnoozeMax = TimeSpan.FromDays(30);

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/findings", ApiAccess.Management, List),
        new("POST", "/api/ropeway/findings/snooze", ApiAccess.Management, SnoozeAsync),
        new("DELETE", "/api/ropeway/findings/snooze", ApiAccess.Management, Unsnooze),
    ];

    private ApiReply List(ApiRequest request)
    {
        var viewer = new Viewer(request.Broker, request.User);
        IEnumerable<FindingView> views = live.Findings.For(viewer).Select(FindingView.Of);
        if (request.IsSet("snoozed"))
        {
            views = live.Findings.SnoozedFor(viewer).Select(found => FindingView.Of(found.Finding) with
            {
                SnoozedUntil = IsoTime.Of(found.Snooze.Until),
                SnoozedBy = found.Snooze.User,
                SnoozedReason = found.Snooze.Reason,
            });
        }

        return ApiReply.Json(views, ViewJson.Default.IEnumerableFindingView);
    }

    private async ValueTask<ApiReply> SnoozeAsync(ApiRequest request)
    {
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        var key = new FindingKey(body.RequiredText("id"), body.Text("vhost"), body.RequiredText("name"));
        request.ActObject = ObjectOf(key);
        long seconds = body.RequiredNumber("for_s");
        string reason = body.Text("reason") ?? string.Empty;
        if (seconds < 1 || seconds > SnoozeMax.TotalSeconds || reason.Length > ReasonCharsMax)
        {
            throw ApiException.BadRequest($"'for_s' is 1 to {SnoozeMax.TotalSeconds:0} seconds, 'reason' has at most {ReasonCharsMax} characters");
        }

        if (!live.Findings.All.Any(finding => finding.Key == key && FindingBoard.IsFor(new Viewer(request.Broker, request.User), finding)))
        {
            throw ApiException.NotFound("there is no such finding now");
        }

        return live.Findings.TrySnooze(key, new Snooze(request.Broker.Time.GetUtcNow().AddSeconds(seconds), request.User.Name, reason))
            ? ApiReply.NoContent
            : throw ApiException.BadRequest($"{FindingBoard.SnoozeCountMax} findings are snoozed already");
    }

    private ApiReply Unsnooze(ApiRequest request)
    {
        var key = new FindingKey(Required(request, "id"), request.Parameter("vhost"), Required(request, "name"));
        request.ActObject = ObjectOf(key);
        return live.Findings.TryUnsnooze(new Viewer(request.Broker, request.User), key)
            ? ApiReply.NoContent
            : throw ApiException.NotFound("there is no such finding that is snoozed now");
    }

    private static string Required(ApiRequest request, string name) =>
        request.Parameter(name) is { Length: > 0 } value ? value : throw ApiException.BadRequest($"'{name}' is expected in the query");

    private static string ObjectOf(FindingKey key) => $"{key.Id} {key.VirtualHost} {key.Name}";
}
