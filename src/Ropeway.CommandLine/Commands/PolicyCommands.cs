using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway policy</c>: list, show, set, delete; policies and operator policies.</summary>
internal static class PolicyCommands
{
    private static readonly Column[] Columns =
    [
        new("policy", "name", ColumnKind.Name),
        new("pattern", "pattern", ColumnKind.Name),
        new("apply-to", "apply-to"),
        new("priority", "priority", ColumnKind.Number),
        new("definition", "definition", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name) { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "policy", "policies", "Policies: settings over queues and exchanges whose names match.")
    {
        CreateList(scope),
        CreateShow(scope),
        CreateSet(scope),
        CreateDelete(scope),
    };

    /// <summary>Makes or replaces a policy.</summary>
    public static async Task<int> SetAsync(CommandRun run, bool isOperator, string name, byte[] body, CancellationToken aborted)
    {
        await run.Broker.ChangeAsync(HttpMethod.Put, PathOf(run, isOperator, name), body, aborted).ConfigureAwait(false);
        run.Done($"Set {(isOperator ? "operator policy" : "policy")} {name} (vhost {run.VirtualHost}).");
        return ClientExitCode.Done;
    }

    /// <summary>Lists those of the virtual host.</summary>
    public static async Task<int> ListAsync(CommandRun run, bool isOperator, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync(ApiPath.Of(CollectionOf(isOperator), run.VirtualHost), aborted).ConfigureAwait(false);
        return run.Write(new Listing(Columns, list.Rows()), "policies", $"in vhost {run.VirtualHost}");
    }

    /// <summary>Deletes a policy.</summary>
    public static async Task<int> DeleteAsync(CommandRun run, bool isOperator, string name, CancellationToken aborted)
    {
        try
        {
            await run.Broker.ChangeAsync(HttpMethod.Delete, PathOf(run, isOperator, name), body: null, aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw await Lookup.MissingAsync(run, "policy", CollectionOf(isOperator), name, aborted).ConfigureAwait(false);
        }

        run.Done($"Deleted policy {name} (vhost {run.VirtualHost}).");
        return ClientExitCode.Done;
    }

    private static ClientCommand CreateList(CommandScope scope)
    {
        Option<bool> isOperator = OperatorOption();
        return new ClientCommand(scope, "list", "Lists policies.", (run, aborted) => ListAsync(run, run.Get(isOperator), aborted))
        {
            Options = { isOperator },
            AlsoCalled = ["ls"],
            Examples = ["ropeway policy list", "ropeway policy list --operator", "ropeway policy list --sort -priority --columns name,pattern,priority"],
        };
    }

    private static ClientCommand CreateShow(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        Option<bool> isOperator = OperatorOption();
        return new ClientCommand(scope, "show", "Shows one policy.", async (run, aborted) =>
        {
            try
            {
                return run.WriteDetail(await run.Broker.GetAsync(PathOf(run, run.Get(isOperator), run.Get(name)), aborted).ConfigureAwait(false), [.. Columns.Select(column => column with { IsExtra = false })]);
            }
            catch (ApiFault fault) when (fault.Status == 404)
            {
                throw await Lookup.MissingAsync(run, "policy", CollectionOf(run.Get(isOperator)), run.Get(name), aborted).ConfigureAwait(false);
            }
        })
        {
            Arguments = { name },
            Options = { isOperator },
            AlsoCalled = ["get"],
            Examples = ["ropeway policy show short", "ropeway policy show short --json", "ropeway policy show short --columns pattern,definition"],
        };
    }

    private static ClientCommand CreateSet(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        var pattern = new Argument<string>("pattern") { Description = "Regular expression over names" };
        var settings = new Argument<string[]>("settings") { Description = "What it sets, as name=value, or name:=JSON", Arity = ArgumentArity.OneOrMore };
        Option<bool> isOperator = OperatorOption();
        var applyTo = new Option<string>("--apply-to") { Description = "What it is for", HelpName = "all|queues|exchanges|...", DefaultValueFactory = static _ => "all" };
        var priority = new Option<int>("--priority") { Description = "The highest of those that match holds", HelpName = "NUMBER" };
        return new ClientCommand(scope, "set", "Makes or replaces a policy.", (run, aborted) => SetAsync(run, run.Get(isOperator), run.Get(name), JsonWriting.Object(writer =>
        {
            writer.WriteString("pattern", run.Get(pattern));
            writer.WriteString("apply-to", run.Get(applyTo));
            writer.WriteNumber("priority", run.Get(priority));
            JsonWriting.WriteTable(writer, "definition", run.Get(settings));
        }), aborted))
        {
            Arguments = { name, pattern, settings },
            Options = { isOperator, applyTo, priority },
            AlsoCalled = ["create"],
            Examples =
            [
                "ropeway policy set lengths '^mail' max-length=100000 overflow=reject-publish --apply-to queues",
                "ropeway policy set letters '^orders' dead-letter-exchange=events --priority 5",
                "ropeway policy set bounds '.*' max-length=1000000 --operator --dry-run",
            ],
        };
    }

    private static ClientCommand CreateDelete(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        Option<bool> isOperator = OperatorOption();
        return new ClientCommand(scope, "delete", "Deletes a policy; what it set falls back at once.", (run, aborted) => DeleteAsync(run, run.Get(isOperator), run.Get(name), aborted))
        {
            Arguments = { name },
            Options = { isOperator },
            AlsoCalled = ["clear"],
            Examples = ["ropeway policy delete short --dry-run", "ropeway policy delete short", "ropeway policy delete bounds --operator --dry-run"],
        };
    }

    private static string CollectionOf(bool isOperator) => isOperator ? "operator-policies" : "policies";

    private static string PathOf(CommandRun run, bool isOperator, string name) => ApiPath.Of(CollectionOf(isOperator), run.VirtualHost, name);

    private static Option<bool> OperatorOption() => new("--operator") { Description = "Operator policies: bounds that policies and arguments cannot exceed" };

    private static Argument<string> NameArgument(CommandScope scope) => NameCompletion.Argument(scope, "policy", "Its name", "policies");
}
