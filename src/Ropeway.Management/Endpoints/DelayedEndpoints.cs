using System.Globalization;
using System.Text;
using Ropeway.Core.Delays;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>
/// Messages that wait for their time: seen by who may read the exchange that passes them on, cancelled and hurried by who may write to it.
/// </summary>
internal static class DelayedEndpoints
{
    private const int LimitDefault = 100;
    private const int LimitMax = 500;

    private static readonly long LastMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/delayed", ApiAccess.Management, ListAsync),
        new("DELETE", "/api/ropeway/delayed/{vhost}/{sequence}", ApiAccess.Management, CancelAsync),
        new("POST", "/api/ropeway/delayed/{vhost}/{sequence}/send-now", ApiAccess.Management, SendNowAsync),
    ];

    private static async ValueTask<ApiReply> ListAsync(ApiRequest request)
    {
        VirtualHost host = request.Host(request.Parameter("vhost") ?? throw ApiException.BadRequest("'vhost' is expected in the query"));
        int limit = LimitOf(request.Parameter("limit"));
        DelayEntry after = PlaceOf(request.Parameter("after"));
        string wanted = request.Parameter("q") ?? string.Empty;
        if (host.Delays is not { } delays)
        {
            return ApiReply.Json(new DelayedPageView([], Total: 0, Next: null), ActJson.Default.DelayedPageView);
        }

        (IReadOnlyList<DelayedMessage> messages, DelayEntry? next) = await new DelayBrowser(delays).ListAsync(
            after,
            limit,
            message => Contains(message, wanted) && request.Broker.Permissions.Authorize(request.User, host.Name, AccessOperation.Read, NameOf(message)),
            request.Aborted).ConfigureAwait(false);
        var view = new DelayedPageView(messages.Select(message => ViewOf(host, message)), delays.Count, next is { } place ? $"{place.DueMs}-{place.Id}" : null);
        return ApiReply.Json(view, ActJson.Default.DelayedPageView);
    }

    private static async ValueTask<ApiReply> CancelAsync(ApiRequest request)
    {
        (DelayLog delays, long sequence) = await FindAsync(request).ConfigureAwait(false);
        if (!delays.TryCancel(sequence, out ulong index))
        {
            throw NoLonger(request, sequence);
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> SendNowAsync(ApiRequest request)
    {
        (DelayLog delays, long sequence) = await FindAsync(request).ConfigureAwait(false);
        return delays.TrySendNow(sequence) ? ApiReply.NoContent : throw NoLonger(request, sequence);
    }

    /// <summary>The message that the path names, which the user may act on.</summary>
    private static async Task<(DelayLog Delays, long Sequence)> FindAsync(ApiRequest request)
    {
        VirtualHost host = request.Host(request["vhost"]);
        long sequence = BrowseEndpoints.SequenceOf(request);
        DelayedMessage? message = host.Delays is { } delays ? await new DelayBrowser(delays).FindAsync(sequence, request.Aborted).ConfigureAwait(false) : null;
        if (message is null)
        {
            throw NoLonger(request, sequence);
        }

        string exchange = NameOf(message);
        request.RequireNamed(host, AccessOperation.Write, exchange, RefusalTexts.Exchange(exchange.Length == 0 ? "amq.default" : exchange, host.Name));
        return (host.Delays!, sequence);
    }

    private static ApiException NoLonger(ApiRequest request, long sequence) =>
        ApiException.NotFound($"no delayed message {sequence} in vhost '{request["vhost"]}': it has gone on or was cancelled, or is not known yet after the start");

    private static string NameOf(DelayedMessage message) => Encoding.UTF8.GetString(message.Exchange);

    private static bool Contains(DelayedMessage message, string text) => text.Length == 0
        || NameOf(message).Contains(text, StringComparison.OrdinalIgnoreCase)
        || Encoding.UTF8.GetString(message.RoutingKey).Contains(text, StringComparison.OrdinalIgnoreCase);

    private static int LimitOf(string? text)
    {
        if (text is null)
        {
            return LimitDefault;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= LimitMax
            ? limit
            : throw ApiException.BadRequest($"'limit' is a whole number from 1 to {LimitMax}, got '{text}'");
    }

    private static DelayEntry PlaceOf(string? text)
    {
        string[] parts = text?.Split('-') ?? [];
        if (text is null)
        {
            return DelayEntry.First;
        }

        long id = 0;
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long dueMs)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out id)
            ? new DelayEntry(dueMs, id)
            : throw ApiException.BadRequest($"'after' is the 'next' of the page before, got '{text}'");
    }

    private static DelayedMessageView ViewOf(VirtualHost host, DelayedMessage message)
    {
        string exchange = NameOf(message);
        string routingKey = Encoding.UTF8.GetString(message.RoutingKey);
        return new DelayedMessageView(
            host.Name,
            exchange,
            exchange.Length == 0 ? routingKey : null,
            routingKey,
            message.Entry.Id,
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(message.Entry.DueMs, LastMs)),
            DateTimeOffset.FromUnixTimeMilliseconds(message.TimestampMs),
            message.BodyBytes,
            message.IsPersistent);
    }
}
