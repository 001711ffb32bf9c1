using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway vhost</c>: list, show, set, delete.</summary>
internal static class VirtualHostCommands
{
    private const string Kind = "vhost";
    private const string Collection = "vhosts";

    private static readonly Column[] Columns =
    [
        new("vhost", "name", ColumnKind.Name),
        new("waiting", "messages_ready", ColumnKind.Count),
        new("held", "messages_unacknowledged", ColumnKind.Count),
        new("default-type", "default_queue_type"),
        new("tags", "tags"),
        new("description", "description", ColumnKind.Name),
        new("blocked", "blocked_reason") { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, Kind, Collection, "Virtual hosts: names, permissions and limits of their own.")
    {
        CreateList(scope),
        CreateShow(scope),
        CreateSet(scope),
        CreateDelete(scope),
    };

    /// <summary>Makes a virtual host, or changes it.</summary>
    public static async Task<int> SetAsync(CommandRun run, string name, byte[] body, CancellationToken aborted)
    {
        await run.Broker.ChangeAsync(HttpMethod.Put, ApiPath.Of(Collection, name), body, aborted).ConfigureAwait(false);
        run.Done($"Set vhost {name}.");
        return ClientExitCode.Done;
    }

    /// <summary>Lists them.</summary>
    public static async Task<int> ListAsync(CommandRun run, CancellationToken aborted) =>
        run.Write(new Listing(Columns, (await run.Broker.GetAsync("api/vhosts", aborted).ConfigureAwait(false)).Rows()), Collection);

    /// <summary>Deletes a virtual host with everything in it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="host">Its name.</param>
    /// <param name="isAsking">Whether the user is asked before.</param>
    /// <param name="aborted">Ends the wait.</param>
    public static async Task<int> DeleteAsync(CommandRun run, string host, bool isAsking, CancellationToken aborted)
    {
        JsonElement found = await GetAsync(run, host, aborted).ConfigureAwait(false);
        string[] queues = await Lookup.NamesAsync(run, ApiPath.Of("queues", host), aborted).ConfigureAwait(false);
        string load = $"{Lookup.Count(queues.Length, "queue")}, {Lookup.Count(found.Long("messages"), "message")}";
        if (isAsking)
        {
            await Confirmation.AskAsync(run, $"Delete vhost {host} ({load})", $"delete the vhost with {load}", host).ConfigureAwait(false);
        }

        await run.Broker.ChangeAsync(HttpMethod.Delete, ApiPath.Of(Collection, host), body: null, aborted).ConfigureAwait(false);
        run.Done($"Deleted vhost {host} ({load}).");
        return ClientExitCode.Done;
    }

    private static ClientCommand CreateList(CommandScope scope) => new(scope, "list", "Lists virtual hosts.", ListAsync)
    {
        CanWatch = true,
        AlsoCalled = ["ls"],
        Examples = ["ropeway vhost list", "ropeway vhost list --sort -waiting", "ropeway vhost list --columns name"],
    };

    private static ClientCommand CreateShow(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        return new ClientCommand(scope, "show", "Shows one virtual host.", async (run, aborted) =>
            run.WriteDetail(await GetAsync(run, run.Get(name), aborted).ConfigureAwait(false), [.. Columns.Select(column => column with { IsExtra = false })]))
        {
            Arguments = { name },
            CanWatch = true,
            AlsoCalled = ["get"],
            Examples = ["ropeway vhost show /", "ropeway vhost show / --json", "ropeway vhost show / --columns waiting,held"],
        };
    }

    private static ClientCommand CreateSet(CommandScope scope)
    {
        var name = new Argument<string>("vhost") { Description = "Its name" };
        var description = new Option<string?>("--description") { Description = "What it is for", HelpName = "TEXT" };
        var tags = new Option<string?>("--tags") { Description = "Tags, with commas between them", HelpName = "A,B" };
        var type = new Option<string?>("--default-queue-type") { Description = "Type of queues that are declared without one", HelpName = "TYPE" };
        return new ClientCommand(scope, "set", "Makes a virtual host, or changes one. Who makes it gets all permissions in it.", (run, aborted) =>
            SetAsync(run, run.Get(name), JsonWriting.Object(writer =>
            {
                foreach ((string field, string? value) in new[] { ("description", run.Get(description)), ("tags", run.Get(tags)), ("default_queue_type", run.Get(type)) })
                {
                    if (value is not null)
                    {
                        writer.WriteString(field, value);
                    }
                }
            }), aborted))
        {
            Arguments = { name },
            Options = { description, tags, type },
            AlsoCalled = ["create", "add", "declare"],
            Examples = ["ropeway vhost set shop", "ropeway vhost set shop --description 'orders and invoices' --tags prod", "ropeway vhost set test --default-queue-type quorum --dry-run"],
        };
    }

    private static ClientCommand CreateDelete(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        var ifExists = new Option<bool>("--if-exists") { Description = "No error when it is not there" };
        return new ClientCommand(scope, "delete", "Deletes a virtual host with everything in it. Asks first.", async (run, aborted) =>
        {
            try
            {
                return await DeleteAsync(run, run.Get(name), isAsking: true, aborted).ConfigureAwait(false);
            }
            catch (ClientException missing) when (missing.ExitCode == ClientExitCode.NotFound && run.Get(ifExists))
            {
                return ClientExitCode.Done;
            }
        })
        {
            Arguments = { name },
            Options = { ifExists },
            Examples = ["ropeway vhost delete shop --yes", "ropeway vhost delete no-such-vhost --if-exists", "ropeway vhost delete / --dry-run"],
        };
    }

    private static async Task<JsonElement> GetAsync(CommandRun run, string name, CancellationToken aborted)
    {
        try
        {
            return await run.Broker.GetAsync(ApiPath.Of(Collection, name), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw Lookup.Missing(Kind, name, string.Empty, await Lookup.NamesAsync(run, "api/vhosts", aborted).ConfigureAwait(false));
        }
    }

    private static Argument<string> NameArgument(CommandScope scope) => NameCompletion.Argument(scope, "vhost", "Its name", Collection, isInVirtualHost: false);
}
