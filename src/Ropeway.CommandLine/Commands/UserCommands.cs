using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Settings;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway user</c>: list, show, set, delete.</summary>
internal static class UserCommands
{
    private const string Kind = "user";
    private const string Collection = "users";

    private static readonly Column[] Columns =
    [
        new("user", "name", ColumnKind.Name),
        new("tags", "tags"),
        new("limits", "limits"),
        new("hash", "hashing_algorithm") { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, Kind, Collection, "Users: who may sign in.")
    {
        CreateList(scope),
        CreateShow(scope),
        CreateSet(scope),
        CreateDelete(scope),
    };

    /// <summary>Lists users.</summary>
    public static async Task<int> ListAsync(CommandRun run, CancellationToken aborted) =>
        run.Write(new Listing(Columns, (await run.Broker.GetAsync("api/users", aborted).ConfigureAwait(false)).Rows()), Collection);

    /// <summary>Makes a user, or changes what is given and leaves the rest.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The user's name.</param>
    /// <param name="password">The new password, or null.</param>
    /// <param name="tags">The new tags with commas between them, or null.</param>
    /// <param name="mustExist">Whether a user that is not there is an error.</param>
    /// <param name="aborted">Ends the wait.</param>
    public static async Task<int> SetAsync(CommandRun run, string name, string? password, string? tags, bool mustExist, CancellationToken aborted)
    {
        JsonElement known = default;
        try
        {
            known = await GetAsync(run, name, aborted).ConfigureAwait(false);
        }
        catch (ClientException missing) when (missing.ExitCode == ClientExitCode.NotFound && !mustExist)
        {
            password ??= AskPassword(run, name);
        }

        byte[] body = JsonWriting.Object(writer =>
        {
            if (password is not null)
            {
                writer.WriteString("password", run.IsDryRun ? "(not shown)" : password);
            }
            else
            {
                writer.WriteString("password_hash", run.IsDryRun ? "(as it is)" : known.Text("password_hash"));
                writer.WriteString("hashing_algorithm", known.Text("hashing_algorithm"));
            }

            writer.WriteString("tags", tags ?? known.Text("tags"));
        });
        await run.Broker.ChangeAsync(HttpMethod.Put, ApiPath.Of(Collection, name), body, aborted).ConfigureAwait(false);
        run.Done($"Set user {name}.");
        return ClientExitCode.Done;
    }

    /// <summary>Deletes a user.</summary>
    public static async Task<int> DeleteAsync(CommandRun run, string name, bool isAsking, CancellationToken aborted)
    {
        await GetAsync(run, name, aborted).ConfigureAwait(false);
        JsonElement connections = await run.Broker.GetAsync(ApiPath.Of("connections", "username", name), aborted).ConfigureAwait(false);
        string load = Lookup.Count(connections.GetArrayLength(), "open connection");
        if (isAsking)
        {
            await Confirmation.AskAsync(run, $"Delete user {name} ({load})", $"delete the user with {load}", name).ConfigureAwait(false);
        }

        await run.Broker.ChangeAsync(HttpMethod.Delete, ApiPath.Of(Collection, name), body: null, aborted).ConfigureAwait(false);
        run.Done($"Deleted user {name}.");
        return ClientExitCode.Done;
    }

    private static ClientCommand CreateList(CommandScope scope) => new(scope, "list", "Lists users and their tags.", ListAsync)
    {
        AlsoCalled = ["ls"],
        Examples = ["ropeway user list", "ropeway user list --where 'tags~administrator'", "ropeway user list --columns name,tags --csv"],
    };

    private static ClientCommand CreateShow(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        return new ClientCommand(scope, "show", "Shows one user.", async (run, aborted) =>
            run.WriteDetail(await GetAsync(run, run.Get(name), aborted).ConfigureAwait(false), [.. Columns.Select(column => column with { IsExtra = false })]))
        {
            Arguments = { name },
            AlsoCalled = ["get"],
            Examples = ["ropeway user show guest", "ropeway user show guest --columns tags", "ropeway user show guest --jsonl --columns name,tags"],
        };
    }

    private static ClientCommand CreateSet(CommandScope scope)
    {
        var name = new Argument<string>("user") { Description = "Its name" };
        var tags = new Option<string?>("--tags") { Description = "Tags, with commas between them: administrator, monitoring, policymaker, management", HelpName = "A,B" };
        var file = new Option<string?>("--new-password-file") { Description = "File with the new password, readable by its owner only", HelpName = "FILE" };
        var visible = new Option<string?>("--new-password") { Description = "The new password; others can see it", HelpName = "TEXT" };
        var ask = new Option<bool>("--ask-password") { Description = "Ask for the new password" };
        return new ClientCommand(scope, "set", "Makes a user, or changes password or tags of one.", (run, aborted) =>
        {
            string? password = run.Get(visible) ?? (run.Get(file) is { } path ? PasswordFile.Read(path, "--new-password-file") : null);
            return SetAsync(run, run.Get(name), password ?? (run.Get(ask) ? AskPassword(run, run.Get(name)) : null), run.Get(tags), mustExist: false, aborted);
        })
        {
            Arguments = { name },
            Options = { tags, ask, file, visible },
            AlsoCalled = ["create", "add"],
            Examples = ["ropeway user set ada --new-password secret --tags monitoring", "ropeway user set ada --tags monitoring,policymaker", "ropeway user set ada --new-password other --dry-run"],
        };
    }

    private static ClientCommand CreateDelete(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        var ifExists = new Option<bool>("--if-exists") { Description = "No error when it is not there" };
        return new ClientCommand(scope, "delete", "Deletes a user. Asks first.", async (run, aborted) =>
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
            Examples = ["ropeway user delete ada --yes", "ropeway user delete nobody --if-exists", "ropeway user delete guest --dry-run"],
        };
    }

    private static string AskPassword(CommandRun run, string name)
    {
        if (!run.Surroundings.IsInputTerminal)
        {
            throw ClientException.Usage($"user {name} needs a password, but input is not a terminal.", "--new-password-file names a file with it");
        }

        string first = SecretPrompt.Ask(run.Surroundings, $"New password of {name}: ");
        return SecretPrompt.Ask(run.Surroundings, "Again: ") == first ? first : throw ClientException.Usage("the two passwords differ; nothing was changed.");
    }

    private static async Task<JsonElement> GetAsync(CommandRun run, string name, CancellationToken aborted)
    {
        try
        {
            return await run.Broker.GetAsync(ApiPath.Of(Collection, name), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            JsonElement all = await run.Broker.GetAsync("api/users", aborted).ConfigureAwait(false);
            throw Lookup.Missing(Kind, name, string.Empty, all.Rows().Select(row => row.Text("name")));
        }
    }

    private static Argument<string> NameArgument(CommandScope scope) => NameCompletion.Argument(scope, "user", "Its name", Collection, isInVirtualHost: false);
}
