using System.Globalization;
using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Streams;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>Switching tracing on and off, and the life lines of traced messages, of queues that the user may read.</summary>
internal static class TracingEndpoints
{
    private const string NotTraced =
        "not remembered: it was not traced (see /api/ropeway/tracing), came before the last start, led to no queue or is in a transaction that is not committed, or newer ones have taken its place";

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/tracing", ApiAccess.Administrator, Get),
        new("PUT", "/api/ropeway/tracing", ApiAccess.Administrator, SetAsync),
        new("GET", "/api/ropeway/messages/trace", ApiAccess.Management, FindAsync),
    ];

    private static ApiReply Get(ApiRequest request) =>
        ApiReply.Json(new TracingView(request.Broker.Tracing.Share, MessageTracing.LineCountMax, request.Broker.Tracing.DroppedSpanCount), ActJson.Default.TracingView);

    private static async ValueTask<ApiReply> SetAsync(ApiRequest request)
    {
        JsonElement ratio = (await request.ReadBodyAsync().ConfigureAwait(false)).RequiredValue("ratio");
        if (ratio.ValueKind != JsonValueKind.Number || ratio.GetDouble() is not (>= 0 and <= 1))
        {
            ApiException.ThrowBadRequest($"'ratio' must be a number from 0 (off) to 1 (all messages), got {ratio.GetRawText()}");
        }

        request.Broker.Tracing.Share = ratio.GetDouble();
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> FindAsync(ApiRequest request)
    {
        VirtualHost host = request.Host(request.Parameter("vhost") ?? "/");
        string? id = request.Parameter("id");
        string? queue = request.Parameter("queue");
        string? sequence = request.Parameter("sequence");
        IReadOnlyList<LifeLineView> found;
        if (id is not null && queue is null && sequence is null)
        {
            found = request.Broker.Tracing.Find(host.Name, id);
        }
        else if (id is null && queue is not null && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            found = request.Broker.Tracing.Find(host.Name, queue, number);
        }
        else
        {
            throw ApiException.BadRequest("either 'id' (a message-id) or 'queue' and 'sequence' (a message's number there) is expected");
        }

        var views = new List<TracedMessageView>();
        foreach (LifeLineView line in found.Where(line => CanSee(request, host, line)))
        {
            views.Add(await ViewOfAsync(request, host, line).ConfigureAwait(false));
        }

        return views.Count > 0 ? ApiReply.Json(views, ActJson.Default.IEnumerableTracedMessageView) : throw ApiException.NotFound($"the message is {NotTraced}");
    }

    /// <summary>Who may read one of its queues, or see everything, sees the message; other queues are left out.</summary>
    private static bool CanSee(ApiRequest request, VirtualHost host, LifeLineView line) =>
        request.IsMonitor || line.Stays.Any(stay => CanRead(request, host, stay));

    private static bool CanRead(ApiRequest request, VirtualHost host, QueueStayView stay) => CanRead(request, host, stay.Queue.Name);

    private static bool CanRead(ApiRequest request, VirtualHost host, string queue) =>
        request.IsMonitor || request.Broker.Permissions.Authorize(request.User, host.Name, AccessOperation.Read, queue);

    private static async ValueTask<TracedMessageView> ViewOfAsync(ApiRequest request, VirtualHost host, LifeLineView line)
    {
        var stays = new List<TracedStayView>();
        foreach (QueueStayView stay in line.Stays.Where(stay => CanRead(request, host, stay)))
        {
            TracedStepView? last = await LastStepAsync(request, host, stay).ConfigureAwait(false);
            IEnumerable<TracedStepView> steps = stay.Steps.Select(step => new TracedStepView(step.Kind.ToString().ToLowerInvariant(), step.At, step.Detail));
            stays.Add(new TracedStayView(stay.Queue.Name, stay.Sequence, stay.StoredAt, OriginOf(request, host, stay), last is null ? [.. steps] : [.. steps, last]));
        }

        return new TracedMessageView(
            line.Host,
            line.MessageId,
            line.TraceParent,
            new TracedArrivalView(line.ReceivedAt, line.Sender, line.Exchange, line.RoutingKey, line.BodyBytes),
            new TracedTimeView(line.RoutedAt, RoutingNote(line)),
            new TracedTimeView(line.SafeAt, line.SafeAt is null ? "the disk is waited for" : null),
            stays,
            line.LeftOutCount);
    }

    private static TracedOriginView? OriginOf(ApiRequest request, VirtualHost host, QueueStayView stay)
    {
        if (stay.Origin is not { } origin)
        {
            return null;
        }

        string what = origin.Kind.ToString().ToLowerInvariant();
        return origin.Queue is { } queue && CanRead(request, host, queue) ? new TracedOriginView(what, queue, origin.Sequence) : new TracedOriginView(what, Queue: null, Sequence: null);
    }

    private static string? RoutingNote(LifeLineView line) => line switch
    {
        { RoutedAt: null } => "it is under way",
        { IsRefused: true } => "a queue would not take it: its publisher gets a negative confirm, if it asked for one",
        { IsDelayed: true } => "it waits for its time",
        { Stays.Count: 0 } => "no queue has taken it: it was dropped as a duplicate, was to wait for its time and was cancelled or led nowhere then, or a queue was deleted meanwhile",
        _ => null,
    };

    /// <summary>What is to be said at the end of the steps that are known; null for nothing.</summary>
    private static async ValueTask<TracedStepView?> LastStepAsync(ApiRequest request, VirtualHost host, QueueStayView stay)
    {
        string? dropped = stay.DroppedCount > 0 ? $"{stay.DroppedCount} steps after the first ones were too many to be kept" : null;
        if (stay.HasEnded)
        {
            return dropped is null ? null : new TracedStepView("unknown", At: null, dropped);
        }

        if (stay.Queue is StreamQueue)
        {
            return new TracedStepView("unknown", At: null, "who has read it is not recorded: messages stay in a stream");
        }

        if (!host.TryGetQueue(stay.Queue.Name, out Queue? now) || !ReferenceEquals(now, stay.Queue))
        {
            return new TracedStepView("unknown", At: null, "the queue was deleted");
        }

        if (stay.Steps is [.., { Kind: LifeStepKind.Dead }])
        {
            return new TracedStepView("waiting", At: null, "until the queues that its dead-letter exchange leads to have taken it");
        }

        using BrowsedContent? content = await new QueueBrowser(now, request.Broker.Time).ReadAsync(stay.Sequence, request.Aborted).ConfigureAwait(false);
        return content is null
            ? new TracedStepView("unknown", At: null, "it is there no more, and how it left is not recorded: purged, or deleted by an operator")
            : new TracedStepView(content.Message.IsHeld ? "held" : "waiting", At: null, dropped);
    }
}
