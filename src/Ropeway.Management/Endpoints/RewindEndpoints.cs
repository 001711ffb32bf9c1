using System.Globalization;
using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>Making acknowledged messages ready again. Who may purge a queue may rewind it.</summary>
internal static class RewindEndpoints
{
    /// <summary>The forms of a time of RFC 3339.</summary>
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes => [new("POST", "/api/queues/{vhost}/{name}/rewind", ApiAccess.Management, RewindAsync)];

    private static async ValueTask<ApiReply> RewindAsync(ApiRequest request)
    {
        VirtualHost host = request.Host();
        request.Require(host, AccessOperation.Read, request["name"]);
        if (host.GetQueue(request["name"], owner: null) is not SharedQueue queue) // Refuses another connection's own queue.
        {
            throw ApiException.BadRequest($"{RefusalTexts.Queue(request["name"], host.Name)} is a stream: each of its consumers chooses where it begins");
        }

        RewindStart from = ReadStart(await request.ReadBodyAsync().ConfigureAwait(false));
        RewindResult result = queue.Rewind(from);
        if (result.Status != RewindStatus.Done)
        {
            throw RefusalOf(result, queue);
        }

        await request.CommitAsync(result.Index).ConfigureAwait(false);
        return ApiReply.Json(new RewoundView(result.Count), ViewJson.Default.RewoundView);
    }

    private static RewindStart ReadStart(JsonBody body)
    {
        if (body.Has("since") == body.Has("from_sequence"))
        {
            ApiException.ThrowBadRequest("one of 'since' and 'from_sequence' is expected");
        }

        if (body.Has("since"))
        {
            return RewindStart.Since(ReadTimeMs(body.Element.GetProperty("since")));
        }

        long sequence = body.RequiredNumber("from_sequence");
        return sequence >= 0 ? RewindStart.FromSequence(sequence) : throw ApiException.BadRequest($"'from_sequence' must not be negative, got {sequence}");
    }

    private static long ReadTimeMs(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long timeMs))
        {
            return timeMs;
        }

        return value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParseExact(value.GetString(), TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUnixTimeMilliseconds()
            : throw ApiException.BadRequest("'since' must be milliseconds since 1970 UTC, or a time like \"2026-03-01T12:00:00Z\" or \"2026-03-01T13:00:00.5+01:00\"");
    }

    private static ApiException RefusalOf(in RewindResult result, SharedQueue queue)
    {
        string name = RefusalTexts.Queue(queue.Name, queue.Host.Name);
        return result.Status switch
        {
            RewindStatus.QueueGone => ApiException.NotFound(),
            RewindStatus.OutOfService => ApiException.BadRequest($"{name} is out of service: {queue.OutOfService}"),
            RewindStatus.TooLong => ApiException.BadRequest(
                $"{name} would drop messages: {result.Count} would come back. Raise or remove its max-length, remove its max-length-bytes, or let its overflow be reject-publish"),
            _ => ApiException.BadRequest($"{name} keeps no acknowledged messages: it has neither x-ack-retention nor a policy with ack-retention"),
        };
    }
}
