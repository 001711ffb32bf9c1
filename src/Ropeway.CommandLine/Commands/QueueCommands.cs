using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway queue</c>: list, show, declare, delete; other classes make the verbs about messages.</summary>
internal static class QueueCommands
{
    private const string Kind = "queue";
    private const string Collection = "queues";

    private const int PageRows = 500;

    /// <summary>The columns of a list of queues.</summary>
    private static readonly Column[] Columns =
    [
        new("queue", "name", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name) { IsExtra = true },
        new("waiting", "messages_ready", ColumnKind.Count),
        new("held", "messages_unacknowledged", ColumnKind.Count),
        new("in/s", "live.in_rate", ColumnKind.Rate),
        new("out/s", "live.out_rate", ColumnKind.Rate),
        new("oldest", "live.oldest_s", ColumnKind.Seconds),
        new("empty-in", "live.empty_in_s", ColumnKind.Seconds),
        new("state", "live.state") { Derive = static row => DescribeState(row) },
        new("type", "type") { IsExtra = true },
        new("consumers", "consumers", ColumnKind.Count) { IsExtra = true },
        new("delayed", "messages_delayed", ColumnKind.Count) { IsExtra = true },
        new("kept", "messages_kept", ColumnKind.Count) { IsExtra = true },
        new("ack/s", "live.ack_rate", ColumnKind.Rate) { IsExtra = true },
        new("durable", "durable") { IsExtra = true },
        new("policy", "policy", ColumnKind.Name) { IsExtra = true },
        new("arguments", "arguments") { IsExtra = true },
    ];

    private static readonly Column[] DetailColumns =
    [
        new("queue", "name", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("type", "type"),
        new("waiting", "messages_ready", ColumnKind.Count),
        new("held", "messages_unacknowledged", ColumnKind.Count),
        new("delayed", "messages_delayed", ColumnKind.Count),
        new("kept", "messages_kept", ColumnKind.Count),
        new("in/s", "message_stats.publish_details.rate", ColumnKind.Rate),
        new("out/s", "message_stats.deliver_get_details.rate", ColumnKind.Rate),
        new("consumers", "consumers", ColumnKind.Count),
        new("consumer-tags", "consumer_details") { Derive = static row => row.TryGetProperty("consumer_details", out JsonElement list) ? string.Join(',', list.Rows().Select(item => item.Text("consumer_tag"))) : null },
        new("durable", "durable"),
        new("exclusive", "exclusive"),
        new("auto-delete", "auto_delete"),
        new("policy", "policy", ColumnKind.Name),
        new("arguments", "arguments"),
        new("effective-arguments", "effective_arguments"),
        new("state", "state"),
        new("out-of-service", "out_of_service"),
        new("paused", "paused"),
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope)
    {
        var noun = new NounCommand(scope, Kind, Collection, "Queues: where messages wait.")
        {
            CreateList(scope),
            CreateShow(scope),
            CreateDeclare(scope),
            CreateDelete(scope),
        };
        foreach (Command verb in QueueActCommands.Create(scope).Concat(BrowseCommands.CreateOfQueue(scope)))
        {
            noun.Subcommands.Add(verb);
        }

        return noun;
    }

    private static ClientCommand CreateList(CommandScope scope)
    {
        var all = new Option<bool>("--all-vhosts", "-A") { Description = "Those of all virtual hosts" };
        return new ClientCommand(scope, "list", "Lists queues, with how many messages wait and how many consumers hold.", (run, aborted) => ListAsync(run, run.Get(all), aborted))
        {
            Options = { all },
            CanWatch = true,
            AlsoCalled = ["ls"],
            Examples =
            [
                "ropeway queue list --sort -waiting --limit 3",
                "ropeway queue list --where 'waiting>1000' --where consumers=0 --columns name,waiting",
                "ropeway queue list --all-vhosts --jsonl",
            ],
        };
    }

    /// <summary>Lists queues: what there is now, each with <c>live</c>, what the broker saw of it within the last seconds.</summary>
    public static async Task<int> ListAsync(CommandRun run, bool isOfAllHosts, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync(isOfAllHosts ? "api/queues" : ApiPath.Of(Collection, run.VirtualHost), aborted).ConfigureAwait(false);
        Dictionary<(string, string), JsonElement> live = await ReadLiveAsync(run, isOfAllHosts, aborted).ConfigureAwait(false);
        JsonElement[] rows = [.. list.Rows().Select(row => live.TryGetValue((row.Text("vhost"), row.Text("name")), out JsonElement found) ? Join(row, found) : row)];
        IReadOnlyList<Column> columns = isOfAllHosts ? [.. Columns.Select(column => column.Name == "vhost" ? column with { IsExtra = false } : column)] : Columns;
        return run.Write(new Listing(columns, rows), Collection, isOfAllHosts ? string.Empty : $"in vhost {run.VirtualHost}");
    }

    private static async Task<Dictionary<(string VirtualHost, string Name), JsonElement>> ReadLiveAsync(CommandRun run, bool isOfAllHosts, CancellationToken aborted)
    {
        string vhost = isOfAllHosts ? string.Empty : $"&vhost={Uri.EscapeDataString(run.VirtualHost)}";
        var rows = new Dictionary<(string, string), JsonElement>();
        JsonElement page = default;
        do
        {
            string after = page.Text("next") is { Length: > 0 } cursor ? $"&after={Uri.EscapeDataString(cursor)}" : string.Empty;
            page = await run.Broker.GetAsync($"api/ropeway/queues?sort=name&limit={PageRows}{vhost}{after}", aborted).ConfigureAwait(false);
            foreach (JsonElement row in page.GetProperty("items").EnumerateArray())
            {
                rows[(row.Text("vhost"), row.Text("name"))] = row;
            }
        }
        while (page.Text("next").Length > 0);

        return rows;
    }

    private static JsonElement Join(JsonElement row, JsonElement live) => JsonElement.Parse(JsonWriting.Object(writer =>
    {
        foreach (JsonProperty field in row.EnumerateObject())
        {
            field.WriteTo(writer);
        }

        writer.WritePropertyName("live");
        live.WriteTo(writer);
    }));

    /// <summary>The word and its reason; of a queue that was made a moment ago what the API says.</summary>
    private static string DescribeState(JsonElement row)
    {
        if (!row.TryGetProperty("live", out JsonElement live))
        {
            return row.Text("state");
        }

        string state = live.Text("state");
        return live.Text("reason") is { Length: > 0 } reason ? $"{state}: {reason}" : state;
    }

    private static ClientCommand CreateShow(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        return new ClientCommand(scope, "show", "Shows one queue with all that is known of it.", async (run, aborted) =>
            run.WriteDetail(await Lookup.GetAsync(run, Kind, Collection, run.Get(name), aborted).ConfigureAwait(false), DetailColumns))
        {
            Arguments = { name },
            CanWatch = true,
            AlsoCalled = ["get"],
            Examples = ["ropeway queue show orders", "ropeway queue show orders --columns waiting,held", "ropeway queue show orders --json"],
        };
    }

    private static ClientCommand CreateDeclare(CommandScope scope)
    {
        var name = new Argument<string>("queue") { Description = "Its name" };
        var type = new Option<string?>("--type") { Description = "Its type; without it the virtual host's default", HelpName = "classic|quorum|stream" };
        type.AcceptOnlyFromAmong("classic", "quorum", "stream");
        var transient = new Option<bool>("--transient") { Description = "Gone when the broker stops" };
        var autoDelete = new Option<bool>("--auto-delete") { Description = "Gone with its last consumer" };
        Option<string[]> arguments = ArgumentsOption();
        return new ClientCommand(scope, "declare", "Makes a queue; one that is there already with the same settings is left alone.", async (run, aborted) =>
        {
            byte[] body = JsonWriting.Object(writer =>
            {
                writer.WriteBoolean("durable", !run.Get(transient));
                writer.WriteBoolean("auto_delete", run.Get(autoDelete));
                JsonWriting.WriteTable(writer, "arguments", [.. run.Get(arguments) ?? [], .. run.Get(type) is { } chosen ? [$"x-queue-type={chosen}"] : Array.Empty<string>()]);
            });
            await run.Broker.ChangeAsync(HttpMethod.Put, ApiPath.Of(Collection, run.VirtualHost, run.Get(name)), body, aborted).ConfigureAwait(false);
            run.Done($"Declared queue {run.Get(name)} (vhost {run.VirtualHost}).");
            return ClientExitCode.Done;
        })
        {
            Arguments = { name },
            Options = { type, transient, autoDelete, arguments },
            AlsoCalled = ["create"],
            Examples =
            [
                "ropeway queue declare invoices",
                "ropeway queue declare audit --type stream --argument x-max-age=7D",
                "ropeway queue declare retries --argument x-message-ttl=60000 --argument x-dead-letter-exchange=events --dry-run",
            ],
        };
    }

    private static ClientCommand CreateDelete(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        var ifExists = new Option<bool>("--if-exists") { Description = "No error when it is not there" };
        var ifEmpty = new Option<bool>("--if-empty") { Description = "Only when no message is in it" };
        var ifUnused = new Option<bool>("--if-unused") { Description = "Only when nobody consumes it" };
        return new ClientCommand(scope, "delete", "Deletes a queue with the messages in it. Asks first.", (run, aborted) =>
            DeleteAsync(run, run.Get(name), new QueueDeletion(run.Get(ifExists), run.Get(ifEmpty), run.Get(ifUnused), IsAsking: true), aborted))
        {
            Arguments = { name },
            Options = { ifExists, ifEmpty, ifUnused },
            Examples = ["ropeway queue delete invoices --if-unused --yes", "ropeway queue delete no-such-queue --if-exists", "ropeway queue delete orders --dry-run"],
        };
    }

    /// <summary>Deletes a queue.</summary>
    public static async Task<int> DeleteAsync(CommandRun run, string name, QueueDeletion deletion, CancellationToken aborted)
    {
        JsonElement queue;
        try
        {
            queue = await Lookup.GetAsync(run, Kind, Collection, name, aborted).ConfigureAwait(false);
        }
        catch (ClientException missing) when (missing.ExitCode == ClientExitCode.NotFound && deletion.IfExists)
        {
            return ClientExitCode.Done;
        }

        string load = $"{Lookup.Count(queue.Long("messages"), "message")}, {Lookup.Count(queue.Long("consumers"), "consumer")}";
        if (deletion.IsAsking)
        {
            await Confirmation.AskAsync(run, $"Delete queue {name} (vhost {run.VirtualHost}, {load})", $"delete the queue with {load}", name).ConfigureAwait(false);
        }

        string query = (deletion.IfEmpty, deletion.IfUnused) switch
        {
            (true, true) => "?if_empty=true&if_unused=true",
            (true, false) => "?if_empty=true",
            (false, true) => "?if_unused=true",
            _ => string.Empty,
        };
        JsonElement deleted = await run.Broker.ChangeAsync(HttpMethod.Delete, ApiPath.Of("ropeway", "queues", run.VirtualHost, name) + query, body: null, aborted).ConfigureAwait(false);
        run.Done($"Deleted queue {name} (vhost {run.VirtualHost}, {load}).");
        if (deleted.Text("undo_until") is { Length: > 0 })
        {
            run.Note($"Undo within 10 min: ropeway job undo {deleted.Text("job")}");
        }

        return ClientExitCode.Done;
    }

    /// <summary>The option for arguments of queues, exchanges and bindings.</summary>
    public static Option<string[]> ArgumentsOption() => new("--argument", "-a") { Description = "An argument, as name=value, or name:=JSON; may be repeated", HelpName = "NAME=VALUE" };

    private static Argument<string> NameArgument(CommandScope scope) => NameCompletion.Argument(scope, "queue", "Its name", Collection);
}
