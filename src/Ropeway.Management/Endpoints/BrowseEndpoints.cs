using System.Text;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Messages;
using Ropeway.Management.Views;
using Ropeway.Messages;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>Looking at a queue's messages without taking them: needs permission to read the queue.</summary>
internal sealed class BrowseEndpoints
{
    private readonly ScanSlots _slots = new();

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/queues/{vhost}/{name}/messages", ApiAccess.Management, ListAsync) { IsReading = true },
        new("GET", "/api/ropeway/queues/{vhost}/{name}/messages/{sequence}", ApiAccess.Management, GetAsync) { IsReading = true },
        new("GET", "/api/ropeway/queues/{vhost}/{name}/messages/{sequence}/body", ApiAccess.Management, GetBodyAsync) { IsReading = true },
    ];

    /// <summary>The queue that the path names. A connection's own queue is for that connection, and for those who see what all users do.</summary>
    /// <exception cref="ApiException">There is none, or the user lacks the permission.</exception>
    /// <exception cref="RefusedException">It is another connection's own queue.</exception>
    public static Queue QueueOf(ApiRequest request, AccessOperation operation)
    {
        VirtualHost host = request.Host(request["vhost"]);
        string resource = RefusalTexts.Queue(request["name"], host.Name);
        request.RequireNamed(host, operation, request["name"], resource);
        if (!host.TryGetQueue(request["name"], out Queue? queue))
        {
            throw ApiException.NotFound($"no {resource}");
        }

        return request.IsMonitor ? queue : host.GetQueue(queue.Name, owner: null);
    }

    /// <summary>The number of a message that the path names.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    public static long SequenceOf(ApiRequest request) =>
        long.TryParse(request["sequence"], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long sequence)
            ? sequence
            : throw ApiException.BadRequest($"a message's sequence number is expected, got '{request["sequence"]}'");

    private async ValueTask<ApiReply> ListAsync(ApiRequest request)
    {
        Queue queue = QueueOf(request, AccessOperation.Read);
        BrowseRequest wanted = BrowseQuery.Read(request, queue);
        if (wanted.Set is BrowseSet.Held or BrowseSet.All && queue is SharedQueue)
        {
            wanted = wanted with { Held = HoldersOf(request.Broker, queue) };
        }

        using IDisposable? slot = wanted.Filter is null ? null : _slots.Take(request.User.Name);
        BrowsedPage page = await new QueueBrowser(queue, request.Broker.Time).BrowseAsync(wanted, request.Aborted).ConfigureAwait(false);
        CheckService(queue);
        request.ShownCount = page.ScannedCount > 0 ? page.Messages.Count : null; // That none has a certain word is knowledge, too.
        var view = new BrowsedPageView(
            page.Messages.Select(message => ViewOf(message, wanted.Held)),
            page.ScannedCount,
            page.ScannedBytes,
            page.Messages.Count,
            page.Next,
            page.Previous,
            page.IsDone,
            page.Total);
        return ApiReply.Json(view, ActJson.Default.BrowsedPageView);
    }

    private static async ValueTask<ApiReply> GetAsync(ApiRequest request)
    {
        Queue queue = QueueOf(request, AccessOperation.Read);
        using BrowsedContent content = await ReadAsync(request, queue).ConfigureAwait(false);
        FieldTable properties = PropertyTable.Decode(content.Message.Properties);
        FieldTable headers = properties.TryGet("headers", out object? table) && table is FieldTable known ? known : [];
        properties.Remove("headers");
        properties.TryGetString("content_encoding", out string? encoding);
        var view = new MessageContentView(
            ViewOf(content.Message, HoldersOf(request.Broker, queue)),
            properties,
            [.. HeaderList.Of(headers)],
            HeaderList.DeathsOf(headers),
            BodyText.Of(content.Body.Span, encoding));
        return ApiReply.Json(view, ActJson.Default.MessageContentView);
    }

    private static async ValueTask<ApiReply> GetBodyAsync(ApiRequest request)
    {
        Queue queue = QueueOf(request, AccessOperation.Read);
        BrowsedContent content = await ReadAsync(request, queue).ConfigureAwait(false);
        ApiReply reply = ApiReply.Stream("application/octet-stream", async (body, aborted) =>
        {
            using (content)
            {
                await body.WriteAsync(content.Body, aborted).ConfigureAwait(false);
            }
        });
        return reply.With("content-disposition", $"attachment; filename=\"message-{content.Message.Sequence}.bin\"");
    }

    private static async Task<BrowsedContent> ReadAsync(ApiRequest request, Queue queue)
    {
        long sequence = SequenceOf(request);
        BrowsedContent? content = await new QueueBrowser(queue, request.Broker.Time).ReadAsync(sequence, request.Aborted).ConfigureAwait(false);
        CheckService(queue);
        request.ShownCount = content is null ? null : 1;
        return content ?? throw ApiException.NotFound($"no message {sequence} in {RefusalTexts.Queue(queue.Name, queue.Host.Name)}: it was consumed or deleted, or did not come yet");
    }

    private static void CheckService(Queue queue)
    {
        if (queue.OutOfService is { } reason)
        {
            throw new ApiException(503, "out_of_service", $"{RefusalTexts.Queue(queue.Name, queue.Host.Name)} is out of service: {reason}");
        }
    }

    private static IReadOnlyList<HeldMessages> HoldersOf(Broker broker, Queue queue) =>
    [
        .. broker.Connections.Entries
            .Where(entry => entry.VirtualHost == queue.Host.Name)
            .SelectMany(entry => entry.Connection.ListHeld(queue).Select(held => held with { Connection = entry.Name }))
            .OrderBy(held => held.Start),
    ];

    private static BrowsedMessageView ViewOf(BrowsedMessage message, IReadOnlyList<HeldMessages> holders) => new(
        message.Sequence,
        DateTimeOffset.FromUnixTimeMilliseconds(message.TimestampMs),
        Encoding.UTF8.GetString(message.Exchange),
        Encoding.UTF8.GetString(message.RoutingKey),
        message.BodyBytes,
        message.Tries,
        message.IsRedelivered,
        message.IsPersistent,
        message.Priority,
        message.ExpiresAtMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(message.ExpiresAtMs),
        message.Preview is null ? null : BodyText.Preview(message.Preview),
        message.IsHeld ? HolderOf(message.Sequence, holders) : null,
        message.DueMs is { } dueMs ? DateTimeOffset.FromUnixTimeMilliseconds(dueMs) : null);

    private static HolderView? HolderOf(long sequence, IReadOnlyList<HeldMessages> holders)
    {
        int low = 0;
        int high = holders.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = holders[middle].End <= sequence ? (middle + 1, high) : (low, middle);
        }

        return low < holders.Count && holders[low] is var held && held.Start <= sequence
            ? new HolderView(held.Connection, held.Channel, held.ConsumerTag.Length == 0 ? null : held.ConsumerTag, held.SinceMs is { } sinceMs ? DateTimeOffset.FromUnixTimeMilliseconds(sinceMs) : null)
            : null;
    }
}
