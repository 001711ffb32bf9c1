using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary>Looking at messages, which stay where they are: <c>queue peek</c>, <c>queue held</c>, <c>queue search</c>, <c>message get</c>.</summary>
internal static class BrowseCommands
{
    private const int PageRowsMax = 500;
    private const int PeekRows = 10;
    private const int SearchRows = 100;

    private static readonly Column[] Columns =
    [
        new("sequence", "sequence", ColumnKind.Number),
        new("published", "published", ColumnKind.Time),
        new("key", "routing_key", ColumnKind.Name),
        new("size", "size", ColumnKind.Bytes),
        new("tries", "tries", ColumnKind.Count),
        new("preview", "preview"),
        new("exchange", "exchange", ColumnKind.Name) { IsExtra = true },
        new("holder", "holder.connection", ColumnKind.Name) { IsExtra = true },
        new("consumer-tag", "holder.consumer_tag", ColumnKind.Name) { IsExtra = true },
        new("held-since", "holder.since", ColumnKind.Time) { IsExtra = true },
        new("due", "due", ColumnKind.Time) { IsExtra = true },
        new("expires", "expires", ColumnKind.Time) { IsExtra = true },
        new("redelivered", "redelivered") { IsExtra = true },
        new("persistent", "persistent") { IsExtra = true },
        new("priority", "priority", ColumnKind.Number) { IsExtra = true },
    ];

    private static readonly string[] HeldColumns = ["sequence", "held-since", "tries", "holder", "consumer-tag", "key", "size"];

    private static readonly Column[] DetailColumns =
    [
        .. Columns.Where(column => column.Name != "preview").Select(column => column with { IsExtra = false }),
        new("properties", "properties"),
        new("headers", "headers") { Derive = static row => row.TryGetProperty("headers", out JsonElement list) ? string.Join(", ", list.Rows().Select(header => $"{header.Text("name")}={header.Text("value")}")) : null },
        new("deaths", "deaths") { Derive = static row => row.TryGetProperty("deaths", out JsonElement list) ? string.Join(", ", list.Rows().Select(death => $"{death.Text("reason")} in {death.Text("queue")} ({death.Text("count")})")) : null },
        new("body", "body") { Derive = static row => row.TryGetProperty("body", out JsonElement body) ? body.Text("text") is { Length: > 0 } text ? text : body.Text("base64") : null },
    ];

    /// <summary>Makes <c>queue peek</c>, <c>queue held</c> and <c>queue search</c>.</summary>
    public static IEnumerable<Command> CreateOfQueue(CommandScope scope) => [CreatePeek(scope), CreateHeld(scope), CreateSearch(scope)];

    /// <summary>Makes <c>message get</c>.</summary>
    public static Command CreateMessage(CommandScope scope)
    {
        Argument<string> queue = QueueArgument(scope);
        var sequence = new Argument<long>("sequence") { Description = "Its number, as queue peek shows it" };
        var body = new Option<bool>("--body") { Description = "Its body only, exactly the bytes" };
        return new NounCommand(scope, "message", "messages", "Single messages; looking changes nothing.")
        {
            new ClientCommand(scope, "get", "Shows one message with all that is known of it.", async (run, aborted) =>
            {
                string path = ApiPath.Of("ropeway", "queues", run.VirtualHost, run.Get(queue), "messages", run.Get(sequence).ToString(CultureInfo.InvariantCulture));
                if (!run.Get(body))
                {
                    return run.WriteDetail(await run.Broker.GetAsync(path, aborted).ConfigureAwait(false), DetailColumns);
                }

                Stream bytes = await run.Broker.OpenAsync(path + "/body", "*/*", aborted).ConfigureAwait(false);
                await using (bytes.ConfigureAwait(false))
                {
                    await bytes.CopyToAsync(run.Surroundings.OutputStream(), aborted).ConfigureAwait(false);
                }

                return ClientExitCode.Done;
            })
            {
                Arguments = { queue, sequence },
                Options = { body },
                AlsoCalled = ["show"],
                Examples = ["ropeway message get orders 0", "ropeway message get orders 0 --json", "ropeway message get orders 0 --body"],
            },
        };
    }

    private static ClientCommand CreatePeek(CommandScope scope)
    {
        Argument<string> queue = QueueArgument(scope);
        var from = new Option<string>("--from") { Description = "oldest, newest, a sequence number, or time:2026-03-01T14:00:00Z", HelpName = "PLACE", DefaultValueFactory = static _ => "oldest" };
        var set = new Option<string?>("--set") { Description = "Which messages", HelpName = "waiting|held|delayed|all" };
        set.AcceptOnlyFromAmong("waiting", "held", "delayed", "all");
        return new ClientCommand(scope, "peek", "Shows messages of a queue without taking them: nothing changes. Ten, or --limit.", (run, aborted) =>
            ListAsync(run, run.Get(queue), [("from", run.Get(from)!), .. run.Get(set) is { } chosen ? [("set", chosen)] : Array.Empty<(string, string)>()], run.Limit ?? PeekRows, aborted))
        {
            Arguments = { queue },
            Options = { from, set },
            CanWatch = true,
            Examples = ["ropeway queue peek orders", "ropeway queue peek orders --from newest --limit 3 --columns sequence,key,preview", "ropeway queue peek orders --set all --jsonl"],
        };
    }

    private static ClientCommand CreateHeld(CommandScope scope)
    {
        Argument<string> queue = QueueArgument(scope);
        return new ClientCommand(scope, "held", "Shows messages that consumers have and did not acknowledge yet, and who has them.", (run, aborted) =>
        {
            run.ColumnNames ??= run.IsForPrograms ? null : string.Join(',', HeldColumns);
            return ListAsync(run, run.Get(queue), [("set", "held")], run.Limit ?? SearchRows, aborted);
        })
        {
            Arguments = { queue },
            CanWatch = true,
            Examples = ["ropeway queue held orders", "ropeway queue held orders --sort held-since --limit 5", "ropeway queue held orders --json"],
        };
    }

    private static ClientCommand CreateSearch(CommandScope scope)
    {
        Argument<string> queue = QueueArgument(scope);
        var filter = new Argument<string>("filter") { Description = "Words of the body, and header:name=value, key:mail.*, id:, size:>1MiB, tries:>3, after:14:00" };
        var set = new Option<string?>("--set") { Description = "Which messages", HelpName = "waiting|held|delayed|all" };
        set.AcceptOnlyFromAmong("waiting", "held", "delayed", "all");
        return new ClientCommand(scope, "search", "Finds messages in a queue without taking them, until all were looked at. A hundred, or --limit.", (run, aborted) =>
            ListAsync(run, run.Get(queue), [("filter", run.Get(filter)), .. run.Get(set) is { } chosen ? [("set", chosen)] : Array.Empty<(string, string)>()], run.Limit ?? SearchRows, aborted))
        {
            Arguments = { queue, filter },
            Options = { set },
            Examples = ["ropeway queue search orders second", "ropeway queue search orders 'size:>1MiB' --json", "ropeway queue search orders 'tries:>3' --columns sequence,tries,key"],
        };
    }

    /// <summary>Reads page after page until there are enough rows or nothing is left to look at.</summary>
    private static async Task<int> ListAsync(CommandRun run, string queue, IReadOnlyList<(string Name, string Value)> parameters, int rowsMax, CancellationToken aborted)
    {
        var rows = new List<JsonElement>();
        string path = ApiPath.Of("ropeway", "queues", run.VirtualHost, queue, "messages");
        string query = string.Concat(parameters.Select(parameter => $"&{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));
        string direction = parameters.Contains(("from", "newest")) ? "&direction=back" : string.Empty;
        long scanned = 0;
        JsonElement page = default;
        do
        {
            string next = page.Text("next") is { Length: > 0 } from ? $"&from={from}" : string.Empty;
            string rest = next.Length == 0 ? query : string.Concat(parameters.Where(parameter => parameter.Name != "from").Select(parameter => $"&{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));
            page = await ReadAsync(run, queue, $"{path}?limit={Math.Clamp(rowsMax - rows.Count, 1, PageRowsMax)}{rest}{next}{direction}", aborted).ConfigureAwait(false);
            rows.AddRange(page.GetProperty("messages").Rows());
            scanned += page.Long("scanned");
        }
        while (rows.Count < rowsMax && page.Text("done") != "true" && page.Text("next").Length > 0);

        bool isComplete = page.Text("done") == "true";
        string looked = isComplete ? string.Empty : $"; {Lookup.Count(scanned, "message")} looked at, there may be more";
        return run.Write(new Listing(Columns, rows), "messages", $"of {queue}{looked}");
    }

    private static async Task<JsonElement> ReadAsync(CommandRun run, string queue, string path, CancellationToken aborted)
    {
        try
        {
            return await run.Broker.GetAsync(path, aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw await Lookup.MissingAsync(run, "queue", "queues", queue, aborted).ConfigureAwait(false);
        }
    }

    private static Argument<string> QueueArgument(CommandScope scope) => NameCompletion.Argument(scope, "queue", "The queue", "queues");
}
