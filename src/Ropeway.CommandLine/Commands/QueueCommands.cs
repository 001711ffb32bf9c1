using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway queue</c>: list, show, declare, delete, purge.</summary>
internal static class QueueCommands
{
    private const string Kind = "queue";
    private const string Collection = "queues";

    /// <summary>The columns of a list of queues.</summary>
    public static IReadOnlyList<Column> Columns { get; } =
    [
        new("queue", "name", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name) { IsExtra = true },
        new("type", "type"),
        new("waiting", "messages_ready", ColumnKind.Count),
        new("held", "messages_unacknowledged", ColumnKind.Count),
        new("delayed", "messages_delayed", ColumnKind.Count) { IsExtra = true },
        new("kept", "messages_kept", ColumnKind.Count) { IsExtra = true },
        new("consumers", "consumers", ColumnKind.Count),
        new("durable", "durable") { IsExtra = true },
        new("policy", "policy", ColumnKind.Name),
        new("state", "state"),
        new("out-of-service", "out_of_service") { IsExtra = true },
        new("arguments", "arguments") { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, Kind, Collection, "Queues: where messages wait.")
    {
        CreateList(scope),
        CreateShow(scope),
        CreateDeclare(scope),
        CreateDelete(scope),
        CreatePurge(scope),
    };

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

    /// <summary>Lists queues.</summary>
    public static async Task<int> ListAsync(CommandRun run, bool isOfAllHosts, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync(isOfAllHosts ? "api/queues" : ApiPath.Of(Collection, run.VirtualHost), aborted).ConfigureAwait(false);
        IReadOnlyList<Column> columns = isOfAllHosts ? [.. Columns.Select(column => column.Name == "vhost" ? column with { IsExtra = false } : column)] : Columns;
        return run.Write(new Listing(columns, list.Rows()), Collection, isOfAllHosts ? string.Empty : $"in vhost {run.VirtualHost}");
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

    private static IReadOnlyList<Column> DetailColumns { get; } =
    [
        .. Columns.Select(column => column with { IsExtra = false }),
        new("effective-arguments", "effective_arguments"),
        new("exclusive", "exclusive"),
        new("auto-delete", "auto_delete"),
        new("consumer-tags", "consumer_details") { Derive = static row => row.TryGetProperty("consumer_details", out JsonElement list) ? string.Join(',', list.Rows().Select(item => item.Text("consumer_tag"))) : null },
    ];

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
            (true, true) => "?if-empty=true&if-unused=true",
            (true, false) => "?if-empty=true",
            (false, true) => "?if-unused=true",
            _ => string.Empty,
        };
        await run.Broker.ChangeAsync(HttpMethod.Delete, ApiPath.Of(Collection, run.VirtualHost, name) + query, body: null, aborted).ConfigureAwait(false);
        run.Done($"Deleted queue {name} (vhost {run.VirtualHost}, {load}).");
        return ClientExitCode.Done;
    }

    private static ClientCommand CreatePurge(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        return new ClientCommand(scope, "purge", "Removes all messages that wait in a queue. Asks first.", (run, aborted) => PurgeAsync(run, run.Get(name), isAsking: true, aborted))
        {
            Arguments = { name },
            Examples = ["ropeway queue purge orders --dry-run", "ropeway queue purge orders --yes", "ropeway queue purge orders --yes --quiet"],
        };
    }

    /// <summary>Purges a queue.</summary>
    public static async Task<int> PurgeAsync(CommandRun run, string name, bool isAsking, CancellationToken aborted)
    {
        JsonElement queue = await Lookup.GetAsync(run, Kind, Collection, name, aborted).ConfigureAwait(false);
        string messages = Lookup.Count(queue.Long("messages_ready"), "message");
        if (isAsking)
        {
            await Confirmation.AskAsync(run, $"Purge {messages} from {name} (vhost {run.VirtualHost}, {Lookup.Count(queue.Long("consumers"), "consumer")})", $"remove {messages}", name).ConfigureAwait(false);
        }

        if (run.IsDryRun)
        {
            run.Note($"{name} holds {messages} that would be removed.");
        }

        await run.Broker.ChangeAsync(HttpMethod.Delete, ApiPath.Of(Collection, run.VirtualHost, name, "contents"), body: null, aborted).ConfigureAwait(false);
        run.Done($"Purged {messages} from {name}.");
        return ClientExitCode.Done;
    }

    /// <summary>The option for arguments of queues, exchanges and bindings.</summary>
    public static Option<string[]> ArgumentsOption() => new("--argument", "-a") { Description = "An argument, as name=value, or name:=JSON; may be repeated", HelpName = "NAME=VALUE" };

    private static Argument<string> NameArgument(CommandScope scope) => NameCompletion.Argument(scope, "queue", "Its name", Collection);
}
