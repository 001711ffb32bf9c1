using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Streams;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary>Who reads a stream, and how far each of them is.</summary>
internal static class StreamEndpoints
{
    /// <summary>Most places whose time is read, each of which may cost a read of the disk: those of the readers that are furthest behind.</summary>
    private const int TimedCountMax = 32;

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes => [new("GET", "/api/ropeway/queues/{vhost}/{name}/readers", ApiAccess.Management, ListAsync)];

    private static async ValueTask<ApiReply> ListAsync(ApiRequest request)
    {
        VirtualHost host = request.Host(request["vhost"]);
        string resource = RefusalTexts.Queue(request["name"], host.Name);
        StreamQueue stream = (host.TryGetQueue(request["name"], out Queue? queue) ? queue : throw ApiException.NotFound($"no {resource}")) as StreamQueue
            ?? throw ApiException.BadRequest($"{resource} is no stream: its consumers share its messages and have no place of their own");
        StreamExtent extent = stream.Extent;
        StreamReaderView[] readers =
        [
            .. ChannelEndpoints.ConsumersOf(request.Broker, request.Broker.Connections.Entries.Where(entry => entry.VirtualHost == host.Name))
                .Where(found => ReferenceEquals(found.Consumer.Consumer.Queue, stream))
                .Select(found => ViewOf(stream, extent, found.Consumer, found.View))
                .OrderByDescending(reader => reader.Lag),
        ];
        var browser = new QueueBrowser(stream, request.Broker.Time);
        var ages = new Dictionary<long, double?>();
        long nowMs = request.Broker.Time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (StreamReaderView reader in readers.Where(reader => reader.Lag > 0 && ages.Count < TimedCountMax))
        {
            long position = reader.Position!.Value;
            if (!ages.ContainsKey(position))
            {
                ages[position] = await browser.TimeOfAsync(position, request.Aborted).ConfigureAwait(false) is { } timeMs ? Math.Max(nowMs - timeMs, 0) / 1000.0 : null;
            }
        }

        return ApiReply.Json(
            new StreamReadersView(
                await TimeAtAsync(browser, extent.StartOffset, request).ConfigureAwait(false),
                await TimeAtAsync(browser, Math.Max(extent.DurableEnd - 1, extent.StartOffset), request).ConfigureAwait(false),
                [.. readers.Select(reader => reader.Lag > 0 ? reader with { LagS = ages.GetValueOrDefault(reader.Position!.Value) } : reader)]),
            ActJson.Default.StreamReadersView);
    }

    private static StreamReaderView ViewOf(StreamQueue stream, StreamExtent extent, OpenConsumer open, ConsumerView view)
    {
        long? position = stream.PositionOf(open.Consumer);
        long? lag = position is { } next ? Math.Max(extent.DurableEnd - Math.Max(next, extent.StartOffset), 0) : null;
        return new StreamReaderView(open.Tag, open.Prefetch, open.UnackedCount, position, lag, lag == 0 ? 0 : null, view.ChannelDetails);
    }

    private static async Task<DateTimeOffset?> TimeAtAsync(QueueBrowser browser, long offset, ApiRequest request) =>
        await browser.TimeOfAsync(offset, request.Aborted).ConfigureAwait(false) is { } timeMs ? DateTimeOffset.FromUnixTimeMilliseconds(timeMs) : null;
}
