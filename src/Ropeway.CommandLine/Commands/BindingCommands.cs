using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway binding</c>: list, add, remove.</summary>
internal static class BindingCommands
{
    private static readonly Column[] Columns =
    [
        new("exchange", "source", ColumnKind.Name) { Derive = static row => row.Text("source") is { Length: > 0 } name ? name : "(default)" },
        new("key", "routing_key", ColumnKind.Name),
        new("destination", "destination", ColumnKind.Name),
        new("kind", "destination_type"),
        new("vhost", "vhost", ColumnKind.Name) { IsExtra = true },
        new("arguments", "arguments", ColumnKind.Name),
        new("properties-key", "properties_key", ColumnKind.Name) { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "binding", "bindings", "Bindings: which messages of an exchange go where.")
    {
        CreateList(scope),
        CreateAdd(scope),
        CreateRemove(scope),
    };

    /// <summary>Lists bindings.</summary>
    public static async Task<int> ListAsync(CommandRun run, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync(ApiPath.Of("bindings", run.VirtualHost), aborted).ConfigureAwait(false);
        return run.Write(new Listing(Columns, list.Rows()), "bindings", $"in vhost {run.VirtualHost}");
    }

    private static ClientCommand CreateList(CommandScope scope) => new(scope, "list", "Lists bindings.", ListAsync)
    {
        CanWatch = true,
        AlsoCalled = ["ls"],
        Examples = ["ropeway binding list", "ropeway binding list --where exchange=events", "ropeway binding list --where 'destination=orders' --json"],
    };

    private static ClientCommand CreateAdd(CommandScope scope)
    {
        BindingArguments ends = new(scope);
        Option<string[]> arguments = QueueCommands.ArgumentsOption();
        return new ClientCommand(scope, "add", "Binds a queue, or an exchange, to an exchange; a binding that is there already is left alone.", async (run, aborted) =>
        {
            byte[] body = JsonWriting.Object(writer =>
            {
                writer.WriteString("routing_key", ends.KeyOf(run));
                JsonWriting.WriteTable(writer, "arguments", run.Get(arguments) ?? []);
            });
            await run.Broker.ChangeAsync(HttpMethod.Post, ends.PathOf(run), body, aborted).ConfigureAwait(false);
            run.Done($"Bound {ends.Describe(run)}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { ends.Exchange, ends.Destination, ends.Key },
            Options = { ends.ToExchange, arguments },
            Examples =
            [
                "ropeway binding add events orders 'order.*'",
                "ropeway binding add events audit '#' --to-exchange --dry-run",
                "ropeway binding add amq.headers orders --argument x-match=all --argument kind=order",
            ],
        };
    }

    private static ClientCommand CreateRemove(CommandScope scope)
    {
        BindingArguments ends = new(scope);
        var propertiesKey = new Option<string?>("--properties-key") { Description = "The API's key of one binding, where several have the same routing key", HelpName = "KEY" };
        return new ClientCommand(scope, "remove", "Removes a binding.", async (run, aborted) =>
        {
            string key = run.Get(propertiesKey) ?? await FindKeyAsync(run, ends, aborted).ConfigureAwait(false);
            await run.Broker.ChangeAsync(HttpMethod.Delete, ends.PathOf(run) + "/" + Uri.EscapeDataString(key), body: null, aborted).ConfigureAwait(false);
            run.Done($"Removed the binding of {ends.Describe(run)}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { ends.Exchange, ends.Destination, ends.Key },
            Options = { ends.ToExchange, propertiesKey },
            AlsoCalled = ["delete"],
            Examples =
            [
                "ropeway binding remove events orders 'order.*'",
                "ropeway binding remove amq.fanout orders --dry-run",
                "ropeway binding remove amq.fanout orders --yes",
            ],
        };
    }

    private static async Task<string> FindKeyAsync(CommandRun run, BindingArguments ends, CancellationToken aborted)
    {
        JsonElement bindings = await run.Broker.GetAsync(ends.PathOf(run), aborted).ConfigureAwait(false);
        string[] keys = [.. bindings.Rows().Where(row => row.Text("routing_key") == ends.KeyOf(run)).Select(row => row.Text("properties_key"))];
        return keys.Length switch
        {
            1 => keys[0],
            0 => throw new ClientException(ClientExitCode.NotFound, $"no binding of {ends.Describe(run)} in vhost \"{run.VirtualHost}\".", "ropeway binding list shows the known ones"),
            _ => throw new ClientException(ClientExitCode.Conflict, $"{keys.Length} bindings of {ends.Describe(run)} differ in their arguments.", $"--properties-key chooses one of {string.Join(", ", keys)}"),
        };
    }
}
