using Microsoft.AspNetCore.Http;
using Ropeway.Management.Http;
using Ropeway.Management.Live;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/ropeway/events</c> and <c>/api/ropeway/queues</c>: what pages follow and list.</summary>
internal sealed class LiveEndpoints(LiveState live)
{
    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/events", ApiAccess.Management, Follow) { IsStream = true },
        new("POST", "/api/ropeway/events/{stream}", ApiAccess.Management, ChangeAsync) { IsAudited = false },
        new("GET", "/api/ropeway/queues", ApiAccess.Management, List),
        new("GET", "/api/ropeway/overview", ApiAccess.Management, Overview),
    ];

    /// <summary>The answer that a stream is, or none when only its headers are wanted.</summary>
    public static ApiReply StreamOf(ApiRequest request, Func<Stream, CancellationToken, Task> write) =>
        ApiReply.Stream(EventText.ContentType, request.Context.Request.Method == "HEAD" ? (_, _) => Task.CompletedTask : write).With("x-accel-buffering", "no");

    private ApiReply Follow(ApiRequest request)
    {
        IReadOnlyList<Topic> topics = Subscription.ParseTopics((request.Parameter("topics") ?? Topic.Overview).Split(','));
        if (request.Context.Request.Method == "HEAD")
        {
            return StreamOf(request, (_, _) => Task.CompletedTask);
        }

        string? resumed = request.Header("Last-Event-ID") is { } last && last.LastIndexOf('-') is > 0 and var end ? last[..end] : null;
        LiveStream stream = live.Streams.Open(request.User, request.Session, resumed, new Subscription(topics, []));
        return StreamOf(request, new LiveFeed(live, stream).RunAsync);
    }

    private async ValueTask<ApiReply> ChangeAsync(ApiRequest request)
    {
        if (!live.Streams.TryGet(request["stream"], request.User, out LiveStream? stream))
        {
            throw ApiException.NotFound("there is no such stream; begin a new one");
        }

        stream.Follow(stream.Wanted.With(await request.ReadBodyAsync().ConfigureAwait(false)));
        return ApiReply.NoContent;
    }

    private ApiReply List(ApiRequest request) => ApiReply.Json(
        live.Queues.Select(QueueListRequest.Read(request.Parameter, request.Broker.Time), new Viewer(request.Broker, request.User)), LiveJson.Default.QueueListView);

    private ApiReply Overview(ApiRequest request) =>
        ApiReply.Json(live.Values.Overview(new Viewer(request.Broker, request.User)), LiveJson.Default.JsonElement);
}
