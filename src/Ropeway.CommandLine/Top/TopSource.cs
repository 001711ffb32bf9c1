using System.Text.Json;
using Ropeway.CommandLine.Commands;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Top;

/// <summary>Reads what <c>ropeway top</c> shows: the broker sorts, and answers the rows that have room only.</summary>
internal sealed class TopSource(CommandRun run)
{
    private const string QueueFields = "name,vhost,state,consumers,messages_ready,messages_unacknowledged,message_stats.publish_details.rate,message_stats.deliver_get_details.rate";
    private const int PageRowsMax = 500;

    /// <summary>Reads one moment.</summary>
    public async Task<TopSnapshot> ReadAsync(TopState state, int rowCount, CancellationToken aborted)
    {
        JsonElement overview = await run.Broker.GetAsync("api/overview", aborted).ConfigureAwait(false);
        JsonElement node = default;
        try
        {
            node = await run.Broker.GetAsync(ApiPath.Of("nodes", overview.Text("node")), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 401)
        {
            // For who may monitor; the rest is for everybody.
        }

        int rows = Math.Clamp(rowCount, 1, PageRowsMax);
        string path = state.View == TopView.Queues
            ? $"api/queues?page=1&page_size={rows}&sort={TopColumns.SortedBy(state).Path}&sort_reverse=true&columns={QueueFields}"
            : $"api/connections?page=1&page_size={rows}&sort=channels&sort_reverse=true";
        JsonElement list = await run.Broker.GetAsync(path, aborted).ConfigureAwait(false);
        JsonElement[] findings = await FindingsCommand.ReadAsync(run, isSnoozed: false, aborted).ConfigureAwait(false);
        return new TopSnapshot(run.Surroundings.Time.GetUtcNow(), overview, node, list.GetProperty("items").Rows(), findings);
    }
}
