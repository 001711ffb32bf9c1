using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway permission</c>: list, show, set, delete; of the current virtual host.</summary>
internal static class PermissionCommands
{
    private static readonly Column[] Columns =
    [
        new("user", "user", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("configure", "configure", ColumnKind.Name),
        new("write", "write", ColumnKind.Name),
        new("read", "read", ColumnKind.Name),
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "permission", "permissions", "Permissions: what users may do in a virtual host.")
    {
        CreateList(scope),
        CreateShow(scope),
        CreateSet(scope),
        CreateDelete(scope),
    };

    /// <summary>Gives a user permissions in the current virtual host.</summary>
    public static async Task<int> SetAsync(CommandRun run, string user, string configure, string write, string read, CancellationToken aborted)
    {
        byte[] body = JsonWriting.Object(writer =>
        {
            writer.WriteString("configure", configure);
            writer.WriteString("write", write);
            writer.WriteString("read", read);
        });
        await run.Broker.ChangeAsync(HttpMethod.Put, ApiPath.Of("permissions", run.VirtualHost, user), body, aborted).ConfigureAwait(false);
        run.Done($"Set the permissions of {user} (vhost {run.VirtualHost}).");
        return ClientExitCode.Done;
    }

    /// <summary>Lists those of the virtual host, or all.</summary>
    public static async Task<int> ListAsync(CommandRun run, bool isOfAllHosts, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync(isOfAllHosts ? "api/permissions" : ApiPath.Of("vhosts", run.VirtualHost, "permissions"), aborted).ConfigureAwait(false);
        return run.Write(new Listing(Columns, list.Rows()), "permissions", isOfAllHosts ? string.Empty : $"in vhost {run.VirtualHost}");
    }

    /// <summary>Takes a user's permissions in the virtual host away.</summary>
    public static async Task<int> DeleteAsync(CommandRun run, string user, CancellationToken aborted)
    {
        try
        {
            await run.Broker.ChangeAsync(HttpMethod.Delete, ApiPath.Of("permissions", run.VirtualHost, user), body: null, aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw Missing(run, user);
        }

        run.Done($"{user} has no permissions any more (vhost {run.VirtualHost}).");
        return ClientExitCode.Done;
    }

    private static ClientCommand CreateList(CommandScope scope)
    {
        var all = new Option<bool>("--all-vhosts", "-A") { Description = "Those of all virtual hosts" };
        return new ClientCommand(scope, "list", "Lists who may do what.", (run, aborted) => ListAsync(run, run.Get(all), aborted))
        {
            Options = { all },
            AlsoCalled = ["ls"],
            Examples = ["ropeway permission list", "ropeway permission list --all-vhosts --sort user", "ropeway permission list --where user=guest --json"],
        };
    }

    private static ClientCommand CreateShow(CommandScope scope)
    {
        Argument<string> user = UserArgument(scope);
        return new ClientCommand(scope, "show", "Shows what a user may do in the virtual host.", async (run, aborted) =>
        {
            try
            {
                return run.WriteDetail(await run.Broker.GetAsync(ApiPath.Of("permissions", run.VirtualHost, run.Get(user)), aborted).ConfigureAwait(false), Columns);
            }
            catch (ApiFault fault) when (fault.Status == 404)
            {
                throw Missing(run, run.Get(user));
            }
        })
        {
            Arguments = { user },
            AlsoCalled = ["get"],
            Examples = ["ropeway permission show guest", "ropeway permission show guest --vhost /", "ropeway permission show guest --json"],
        };
    }

    private static ClientCommand CreateSet(CommandScope scope)
    {
        Argument<string> user = UserArgument(scope);
        Option<string> configure = Pattern("--configure", "Names that the user may declare and delete");
        Option<string> write = Pattern("--write", "Names that the user may publish to");
        Option<string> read = Pattern("--read", "Names that the user may consume from");
        return new ClientCommand(scope, "set", "Gives a user permissions in the virtual host: regular expressions over names.", (run, aborted) =>
            SetAsync(run, run.Get(user), run.Get(configure)!, run.Get(write)!, run.Get(read)!, aborted))
        {
            Arguments = { user },
            Options = { configure, write, read },
            AlsoCalled = ["add"],
            Examples = ["ropeway permission set guest", "ropeway permission set guest --configure '^$' --write '^orders' --read '.*'", "ropeway permission set guest --configure '' --dry-run"],
        };
    }

    private static ClientCommand CreateDelete(CommandScope scope)
    {
        Argument<string> user = UserArgument(scope);
        return new ClientCommand(scope, "delete", "Takes a user's permissions in the virtual host away.", (run, aborted) => DeleteAsync(run, run.Get(user), aborted))
        {
            Arguments = { user },
            AlsoCalled = ["clear"],
            Examples = ["ropeway permission delete guest --dry-run", "ropeway permission delete guest", "ropeway permission delete guest --vhost / --dry-run"],
        };
    }

    private static ClientException Missing(CommandRun run, string user) =>
        new(ClientExitCode.NotFound, $"user \"{user}\" has no permissions in vhost \"{run.VirtualHost}\", or one of them is not there.", "ropeway permission list --all-vhosts shows the known ones");

    private static Option<string> Pattern(string name, string description) => new(name) { Description = description + " [.*]", HelpName = "REGEX", DefaultValueFactory = static _ => ".*" };

    private static Argument<string> UserArgument(CommandScope scope) => NameCompletion.Argument(scope, "user", "The user", "users", isInVirtualHost: false);
}
