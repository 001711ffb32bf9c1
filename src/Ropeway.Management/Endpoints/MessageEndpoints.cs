using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Streams;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Messages;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>Publishing a message and looking into a queue: for scripts and people, not for traffic. What permissions refuse over AMQP they refuse here.</summary>
internal static class MessageEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("POST", "/api/exchanges/{vhost}/{name}/publish", ApiAccess.Management, PublishAsync),
        new("POST", "/api/queues/{vhost}/{name}/get", ApiAccess.Management, GetAsync),
    ];

    private static async ValueTask<ApiReply> PublishAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        string name = ExchangeEndpoints.NameOf(request["name"]);
        if (!host.TryGetExchange(name, out Exchange? exchange))
        {
            throw ApiException.BadRequest($"404 NOT_FOUND - no {RefusalTexts.Exchange(name, host.Name)}");
        }

        request.Require(host, AccessOperation.Write, name);
        if (exchange.Internal)
        {
            ApiException.ThrowBadRequest($"403 ACCESS_REFUSED - {RefusalTexts.InternalExchange(name, host.Name)}");
        }

        var message = IncomingMessage.Read(await request.ReadBodyAsync().ConfigureAwait(false), request.User);
        if (request.Broker.Admission.Reason is { } reason)
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "blocked", $"Publishers wait: the broker is {reason}");
        }

        if (host.Admission.Reason is { } hostReason)
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "blocked", $"Publishers wait: {hostReason}");
        }

        await request.Broker.Durability.WaitForRoomAsync(request.Aborted).ConfigureAwait(false);
        bool isRouted = message.Publish(request, host, exchange, out ulong index);
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.Json(new RoutedView(isRouted), ViewJson.Default.RoutedView);
    }

    private static async ValueTask<ApiReply> GetAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        request.Require(host, AccessOperation.Read, request["name"]);
        Queue queue = host.GetQueue(request["name"], owner: null); // Refuses another connection's own queue.
        if (queue is StreamQueue)
        {
            ApiException.ThrowBadRequest($"540 NOT_IMPLEMENTED - basic.get not supported by stream queues {RefusalTexts.Queue(queue.Name, host.Name)}");
        }

        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        long count = body.RequiredNumber("count");
        Resolution resolution = ResolutionOf(body.RequiredText("ackmode"));
        bool isBase64 = body.RequiredText("encoding") switch
        {
            "auto" => false,
            "base64" => true,
            _ => throw ApiException.BadRequest("Unsupported encoding. Please use auto or base64."),
        };
        int bytesMax = (int)Math.Clamp(body.Number("truncate", int.MaxValue), 0, int.MaxValue);
        using var taking = new MessageTaking(queue);
        await taking.TakeAsync(count, request.Aborted).ConfigureAwait(false);
        MessageView[] views = [.. taking.Taken.Select(message => ViewOf(message, isBase64, bytesMax))];
        await request.CommitAsync(taking.Resolve(resolution)).ConfigureAwait(false);
        return ApiReply.Json(views, ViewJson.Default.IEnumerableMessageView);
    }

    private static Resolution ResolutionOf(string mode) => mode switch
    {
        "ack_requeue_true" or "reject_requeue_true" => Resolution.Returned,
        "ack_requeue_false" => Resolution.Settled,
        "reject_requeue_false" => Resolution.Rejected,
        _ => throw ApiException.BadRequest($"ackmode '{mode}' is none of ack_requeue_true, ack_requeue_false, reject_requeue_true, reject_requeue_false"),
    };

    private static MessageView ViewOf(TakenMessage message, bool isBase64, int bytesMax)
    {
        ReadOnlySpan<byte> body = message.Block.Span.Slice(message.BodyStart, Math.Min(message.BodyBytes, bytesMax));
        bool isText = !isBase64 && Utf8.IsValid(body);
        return new MessageView(
            message.BodyBytes,
            message.IsRedelivered,
            Encoding.UTF8.GetString(message.Exchange),
            Encoding.UTF8.GetString(message.RoutingKey),
            message.ReadyCount,
            PropertyTable.Decode(message.Properties),
            isText ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body),
            isText ? "string" : "base64");
    }
}
