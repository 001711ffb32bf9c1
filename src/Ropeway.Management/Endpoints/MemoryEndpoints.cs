using System.Diagnostics;
using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary>
/// <c>/api/nodes/NODE/memory</c>: what the process uses its memory for, under RabbitMQ's names. Those of parts that there are not, most of them of an Erlang machine, are 0.
/// </summary>
internal static class MemoryEndpoints
{
    private static readonly string[] Absent =
    [
        "atom", "code", "connection_channels", "connection_other", "connection_readers", "connection_writers", "metrics", "mgmt_db", "mnesia", "msg_index", "other_ets", "plugins",
        "queue_procs", "queue_slave_procs", "quorum_ets", "quorum_queue_dlx_procs", "quorum_queue_procs", "reserved_unallocated", "stream_queue_coordinator_procs", "stream_queue_procs",
        "stream_queue_replica_reader_procs",
    ];

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/nodes/{node}/memory", ApiAccess.Monitoring, InBytes),
        new("GET", "/api/nodes/{node}/memory/relative", ApiAccess.Monitoring, InPercent),
        new("GET", "/api/nodes/{node}/memory/ets", ApiAccess.Monitoring, OfTables),
        new("GET", "/api/nodes/{node}/memory/ets/relative", ApiAccess.Monitoring, OfTables),
        new("GET", "/api/nodes/{node}/memory/ets/{filter}", ApiAccess.Monitoring, OfTables),
        new("GET", "/api/nodes/{node}/memory/ets/{filter}/relative", ApiAccess.Monitoring, OfTables),
    ];

    private static ApiReply InBytes(ApiRequest request)
    {
        Dictionary<string, long> parts = Measure(request, out long total);
        Dictionary<string, object> shown = parts.ToDictionary(part => part.Key, part => (object)part.Value, StringComparer.Ordinal);
        shown.Add("strategy", "rss");
        shown.Add("total", new Dictionary<string, object>(StringComparer.Ordinal) { ["allocated"] = total, ["erlang"] = 0L, ["rss"] = total });
        return Reply(shown);
    }

    private static ApiReply InPercent(ApiRequest request)
    {
        Dictionary<string, long> parts = Measure(request, out long total);
        Dictionary<string, object> shown = parts.ToDictionary(part => part.Key, part => (object)(part.Value * 100 / total), StringComparer.Ordinal);
        shown.Add("total", 100L);
        return Reply(shown);
    }

    /// <summary>An Erlang machine keeps tables in memory. What RabbitMQ answers when it has none that is asked for is what is true here of all.</summary>
    private static ApiReply OfTables(ApiRequest request)
    {
        RequireNode(request);
        return ApiReply.Json(new Dictionary<string, object>(StringComparer.Ordinal) { ["ets_tables_memory"] = "no_tables" }, ViewJson.Default.DictionaryStringObject);
    }

    private static void RequireNode(ApiRequest request)
    {
        if (request["node"] != request.Broker.NodeName)
        {
            throw ApiException.NotFound();
        }
    }

    private static Dictionary<string, long> Measure(ApiRequest request, out long total)
    {
        RequireNode(request);
        using var process = Process.GetCurrentProcess();
        total = process.WorkingSet64;
        StorageActivity storage = request.Broker.Durability.MeasureStorage();
        GCMemoryInfo heap = GC.GetGCMemoryInfo();
        long messages = storage.TailBytes + storage.TransientBytes;
        long objects = GC.GetTotalMemory(forceFullCollection: false);
        long unused = Math.Max(heap.TotalCommittedBytes - objects, 0);
        var parts = Absent.ToDictionary(name => name, _ => 0L, StringComparer.Ordinal);
        parts.Add("binary", messages);
        parts.Add("other_proc", objects);
        parts.Add("allocated_unused", unused);
        parts.Add("other_system", Math.Max(total - messages - objects - unused, 0));
        return parts;
    }

    private static ApiReply Reply(Dictionary<string, object> memory) => ApiReply.Json(
        new Dictionary<string, Dictionary<string, object>>(StringComparer.Ordinal) { ["memory"] = memory }, ViewJson.Default.DictionaryStringDictionaryStringObject);
}
