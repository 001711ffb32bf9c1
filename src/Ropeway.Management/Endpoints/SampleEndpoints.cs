using System.Globalization;
using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Samples;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/ropeway/samples</c>: what charts are drawn from.</summary>
internal static class SampleEndpoints
{
    private static readonly MessageEvent[] Deliveries = [MessageEvent.Delivered, MessageEvent.DeliveredWithoutAck, MessageEvent.Fetched, MessageEvent.FetchedWithoutAck];

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/samples/overview", ApiAccess.Monitoring, OfNode),
        new("GET", "/api/ropeway/samples/queues", ApiAccess.Management, OfQueue),
        new("GET", "/api/ropeway/samples/queues/{vhost}/{name}", ApiAccess.Management, OfQueue),
    ];

    private static ApiReply OfNode(ApiRequest request)
    {
        int range = RangeOf(request);
        SeriesView view = request.Sampler.ReadSeries(series =>
        {
            SampleRing ring = series.Find(range);
            Dictionary<string, double?[]> read = ReadMessages(ring, range);
            read.Add("returned", Rates(ring, range, MessageEvent.Returned));
            read.Add("unroutable", Rates(ring, range, MessageEvent.Unroutable));
            read.Add("confirm_p50_ms", Read(ring, range, row => Milliseconds(row[SampleRow.CommitP50])));
            read.Add("confirm_p99_ms", Read(ring, range, row => Milliseconds(row[SampleRow.CommitP99])));
            read.Add("sync_p99_ms", Read(ring, range, row => Milliseconds(row[SampleRow.SyncP99])));
            return ViewOf(request, ring, series.LagSeconds(ring), read);
        });
        return ApiReply.Json(view, ViewJson.Default.SeriesView);
    }

    private static ApiReply OfQueue(ApiRequest request)
    {
        int range = RangeOf(request);
        VirtualHost host = request.Has("vhost") ? request.Host() : request.Host(request.Parameter("vhost") ?? throw ApiException.BadRequest("vhost is missing"));
        string name = request.Has("name") ? request["name"] : request.Parameter("name") ?? throw ApiException.BadRequest("name is missing");
        if (!host.TryGetQueue(name, out Queue? queue))
        {
            throw ApiException.NotFound();
        }

        SeriesView view = request.Sampler.ReadSeries(queue, series =>
        {
            SampleSeries known = series ?? new SampleSeries(SampleRow.QueueWidth);
            SampleRing ring = known.Find(range);
            return ViewOf(request, ring, known.LagSeconds(ring), ReadMessages(ring, range));
        });
        return ApiReply.Json(view, ViewJson.Default.SeriesView);
    }

    private static SeriesView ViewOf(ApiRequest request, SampleRing ring, int lagSeconds, Dictionary<string, double?[]> read)
    {
        var end = DateTimeOffset.FromUnixTimeMilliseconds(request.Sampler.SampledMs - (lagSeconds * 1000L));
        return new SeriesView(ring.StepSeconds, end.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), read);
    }

    private static Dictionary<string, double?[]> ReadMessages(SampleRing ring, int range) => new(StringComparer.Ordinal)
    {
        ["publish"] = Rates(ring, range, MessageEvent.Published),
        ["deliver"] = Rates(ring, range, Deliveries),
        ["ack"] = Rates(ring, range, MessageEvent.Acknowledged),
        ["waiting"] = Read(ring, range, row => row[SampleRow.Waiting]),
        ["held"] = Read(ring, range, row => row[SampleRow.Held]),
    };

    private static double?[] Rates(SampleRing ring, int range, params MessageEvent[] events) => Read(ring, range, row =>
    {
        double sum = 0;
        foreach (MessageEvent of in events)
        {
            sum += row[(int)of];
        }

        return sum / ring.StepSeconds;
    });

    private static double?[] Read(SampleRing ring, int range, Func<ReadOnlySpan<uint>, double?> valueOf)
    {
        double?[] values = new double?[Math.Min(ring.Count, range / ring.StepSeconds)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = valueOf(ring[ring.Count - values.Length + i]);
        }

        return values;
    }

    private static double? Milliseconds(uint microseconds) => microseconds == SampleRow.Gap ? null : microseconds / 1000.0;

    private static int RangeOf(ApiRequest request) => (request.Parameter("range") ?? "10m") switch
    {
        "10m" => 600,
        "1h" => 3600,
        "8h" => 8 * 3600,
        "24h" => 24 * 3600,
        var other => throw ApiException.BadRequest($"range '{other}' is none of 10m, 1h, 8h, 24h"),
    };
}
