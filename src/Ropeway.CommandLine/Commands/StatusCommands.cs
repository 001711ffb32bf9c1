using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway status</c>: the broker at a glance.</summary>
internal static class StatusCommands
{
    private static readonly Column[] Columns =
    [
        new("node", "overview.node"),
        new("version", "overview.product_version"),
        new("up", "node.uptime", ColumnKind.Milliseconds),
        new("waiting", "overview.queue_totals.messages_ready", ColumnKind.Count),
        new("held", "overview.queue_totals.messages_unacknowledged", ColumnKind.Count),
        new("queues", "overview.object_totals.queues", ColumnKind.Count),
        new("exchanges", "overview.object_totals.exchanges", ColumnKind.Count),
        new("connections", "overview.object_totals.connections", ColumnKind.Count),
        new("channels", "overview.object_totals.channels", ColumnKind.Count),
        new("consumers", "overview.object_totals.consumers", ColumnKind.Count),
        new("memory", "node.mem_used", ColumnKind.Bytes),
        new("memory-limit", "node.mem_limit", ColumnKind.Bytes),
        new("disk-free", "node.disk_free", ColumnKind.Bytes),
        new("disk-free-limit", "node.disk_free_limit", ColumnKind.Bytes),
        new("publishers", "node") { Derive = static row => DescribeAlarms(row) },
        new("listeners", "overview.listeners") { Derive = static row => row.GetProperty("overview").TryGetProperty("listeners", out JsonElement all) ? string.Join(' ', all.Rows().Select(AddressOf)) : null },
    ];

    /// <summary>Makes <c>status</c>.</summary>
    public static Command CreateStatus(CommandScope scope) => new ClientCommand(scope, "status", "Shows the broker at a glance.", async (run, aborted) =>
        run.WriteDetail(await ReadAsync(run, aborted).ConfigureAwait(false), Columns))
    {
        CanWatch = true,
        Examples = ["ropeway status", "ropeway status --columns version,waiting,held", "ropeway status --json --timeout 5s"],
    }.WithGlobals(scope);

    /// <summary>The overview and, for who may see it, the node, as one object.</summary>
    private static async Task<JsonElement> ReadAsync(CommandRun run, CancellationToken aborted)
    {
        JsonElement overview = await run.Broker.GetAsync("api/overview", aborted).ConfigureAwait(false);
        JsonElement node = default;
        try
        {
            node = await run.Broker.GetAsync(ApiPath.Of("nodes", overview.Text("node")), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 401)
        {
            // The node is for who may monitor; the rest is for everybody.
        }

        return JsonElement.Parse(JsonWriting.Object(writer =>
        {
            writer.WritePropertyName("overview");
            overview.WriteTo(writer);
            if (node.ValueKind == JsonValueKind.Object)
            {
                writer.WritePropertyName("node");
                node.WriteTo(writer);
            }
        }));
    }

    private static string? DescribeAlarms(JsonElement row)
    {
        if (!row.TryGetProperty("node", out JsonElement node))
        {
            return null;
        }

        bool isMemoryShort = node.Text("mem_alarm") == "true";
        bool isDiskShort = node.Text("disk_free_alarm") == "true";
        return (isMemoryShort, isDiskShort) switch
        {
            (true, true) => "wait: memory and disk are short",
            (true, false) => "wait: memory is short",
            (false, true) => "wait: disk is short",
            _ => "go on",
        };
    }

    private static string AddressOf(JsonElement listener)
    {
        string host = listener.Text("ip_address");
        return $"{listener.Text("protocol")}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{listener.Text("port")}";
    }
}
