using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway exchange</c>: list, show, declare, delete.</summary>
internal static class ExchangeCommands
{
    private const string Kind = "exchange";
    private const string Collection = "exchanges";

    private static readonly Column[] Columns =
    [
        new("exchange", "name", ColumnKind.Name) { Derive = static row => row.Text("name") is { Length: > 0 } name ? name : "(default)" },
        new("vhost", "vhost", ColumnKind.Name) { IsExtra = true },
        new("type", "type"),
        new("durable", "durable"),
        new("auto-delete", "auto_delete"),
        new("internal", "internal"),
        new("arguments", "arguments", ColumnKind.Name),
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, Kind, Collection, "Exchanges: what says where a message goes.")
    {
        CreateList(scope),
        CreateShow(scope),
        CreateDeclare(scope),
        CreateDelete(scope),
    };

    /// <summary>Lists exchanges.</summary>
    public static async Task<int> ListAsync(CommandRun run, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync(ApiPath.Of(Collection, run.VirtualHost), aborted).ConfigureAwait(false);
        return run.Write(new Listing(Columns, list.Rows()), Collection, $"in vhost {run.VirtualHost}");
    }

    private static ClientCommand CreateList(CommandScope scope) => new(scope, "list", "Lists exchanges.", ListAsync)
    {
        CanWatch = true,
        AlsoCalled = ["ls"],
        Examples = ["ropeway exchange list", "ropeway exchange list --where type=topic", "ropeway exchange list --columns name,type --csv"],
    };

    private static ClientCommand CreateShow(CommandScope scope)
    {
        Argument<string> name = NameCompletion.Argument(scope, "exchange", "Its name", Collection);
        return new ClientCommand(scope, "show", "Shows one exchange.", async (run, aborted) =>
            run.WriteDetail(await Lookup.GetAsync(run, Kind, Collection, run.Get(name), aborted).ConfigureAwait(false), [.. Columns.Select(column => column with { IsExtra = false })]))
        {
            Arguments = { name },
            AlsoCalled = ["get"],
            Examples = ["ropeway exchange show events", "ropeway exchange show events --json", "ropeway exchange show amq.topic --columns type,durable"],
        };
    }

    private static ClientCommand CreateDeclare(CommandScope scope)
    {
        var name = new Argument<string>("exchange") { Description = "Its name" };
        var type = new Option<string>("--type") { Description = "direct, fanout, topic, headers, or another that the broker knows", HelpName = "TYPE", DefaultValueFactory = static _ => "direct" };
        var transient = new Option<bool>("--transient") { Description = "Gone when the broker stops" };
        var autoDelete = new Option<bool>("--auto-delete") { Description = "Gone with its last binding" };
        var isInternal = new Option<bool>("--internal") { Description = "Clients cannot publish to it" };
        Option<string[]> arguments = QueueCommands.ArgumentsOption();
        return new ClientCommand(scope, "declare", "Makes an exchange; one that is there already with the same settings is left alone.", async (run, aborted) =>
        {
            byte[] body = JsonWriting.Object(writer =>
            {
                writer.WriteString("type", run.Get(type));
                writer.WriteBoolean("durable", !run.Get(transient));
                writer.WriteBoolean("auto_delete", run.Get(autoDelete));
                writer.WriteBoolean("internal", run.Get(isInternal));
                JsonWriting.WriteTable(writer, "arguments", run.Get(arguments) ?? []);
            });
            await run.Broker.ChangeAsync(HttpMethod.Put, ApiPath.Of(Collection, run.VirtualHost, run.Get(name)), body, aborted).ConfigureAwait(false);
            run.Done($"Declared exchange {run.Get(name)} (vhost {run.VirtualHost}).");
            return ClientExitCode.Done;
        })
        {
            Arguments = { name },
            Options = { type, transient, autoDelete, isInternal, arguments },
            AlsoCalled = ["create"],
            Examples = ["ropeway exchange declare news --type fanout", "ropeway exchange declare events --type topic", "ropeway exchange declare parts --argument alternate-exchange=events --dry-run"],
        };
    }

    private static ClientCommand CreateDelete(CommandScope scope)
    {
        Argument<string> name = NameCompletion.Argument(scope, "exchange", "Its name", Collection);
        var ifExists = new Option<bool>("--if-exists") { Description = "No error when it is not there" };
        var ifUnused = new Option<bool>("--if-unused") { Description = "Only when nothing is bound to it" };
        return new ClientCommand(scope, "delete", "Deletes an exchange with its bindings. Asks first.", async (run, aborted) =>
        {
            string exchange = run.Get(name);
            try
            {
                await Lookup.GetAsync(run, Kind, Collection, exchange, aborted).ConfigureAwait(false);
            }
            catch (ClientException missing) when (missing.ExitCode == ClientExitCode.NotFound && run.Get(ifExists))
            {
                return ClientExitCode.Done;
            }

            JsonElement bindings = await run.Broker.GetAsync(ApiPath.Of(Collection, run.VirtualHost, exchange, "bindings", "source"), aborted).ConfigureAwait(false);
            string load = Lookup.Count(bindings.GetArrayLength(), "binding");
            await Confirmation.AskAsync(run, $"Delete exchange {exchange} (vhost {run.VirtualHost}, {load})", $"delete the exchange with {load}", exchange).ConfigureAwait(false);
            await run.Broker.ChangeAsync(HttpMethod.Delete, ApiPath.Of(Collection, run.VirtualHost, exchange) + (run.Get(ifUnused) ? "?if-unused=true" : string.Empty), body: null, aborted).ConfigureAwait(false);
            run.Done($"Deleted exchange {exchange} (vhost {run.VirtualHost}, {load}).");
            return ClientExitCode.Done;
        })
        {
            Arguments = { name },
            Options = { ifExists, ifUnused },
            Examples = ["ropeway exchange delete news --yes", "ropeway exchange delete no-such-exchange --if-exists", "ropeway exchange delete events --dry-run"],
        };
    }
}
