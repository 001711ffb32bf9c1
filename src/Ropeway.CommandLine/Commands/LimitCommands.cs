using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway limit</c>: list, set, delete; of the current virtual host, or of a user.</summary>
internal static class LimitCommands
{
    private static readonly Column[] Columns =
    [
        new("of", "of"),
        new("name", "name", ColumnKind.Name),
        new("limit", "limit"),
        new("value", "value", ColumnKind.Count),
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "limit", "limits", "Limits of virtual hosts and users.")
    {
        CreateList(scope),
        CreateSet(scope),
        CreateDelete(scope),
    };

    private static ClientCommand CreateList(CommandScope scope) => new(scope, "list", "Lists the limits of all virtual hosts and users.", async (run, aborted) =>
    {
        JsonElement hosts = await run.Broker.GetAsync("api/vhost-limits", aborted).ConfigureAwait(false);
        JsonElement users = await run.Broker.GetAsync("api/user-limits", aborted).ConfigureAwait(false);
        JsonElement[] rows = [.. hosts.Rows().SelectMany(row => RowsOf("vhost", row)), .. users.Rows().SelectMany(row => RowsOf("user", row))];
        return run.Write(new Listing(Columns, rows), "limits");
    })
    {
        AlsoCalled = ["ls", "show"],
        Examples = ["ropeway limit list", "ropeway limit list --where of=user", "ropeway limit list --json"],
    };

    private static ClientCommand CreateSet(CommandScope scope)
    {
        Argument<string> limit = LimitArgument();
        var value = new Argument<long>("value") { Description = "A whole number; negative for no limit" };
        Option<string?> user = UserOption();
        return new ClientCommand(scope, "set", "Sets a limit of the virtual host, or of a user.", async (run, aborted) =>
        {
            byte[] body = JsonWriting.Object(writer => writer.WriteNumber("value", run.Get(value)));
            await run.Broker.ChangeAsync(HttpMethod.Put, PathOf(run, user, limit), body, aborted).ConfigureAwait(false);
            run.Done($"Set {run.Get(limit)} of {Owner(run, user)} to {run.Get(value)}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { limit, value },
            Options = { user },
            Examples = ["ropeway limit set max-queues 1000", "ropeway limit set max-connections 50 --of-user guest", "ropeway limit set max-ready-messages 1000000 --dry-run"],
        };
    }

    private static ClientCommand CreateDelete(CommandScope scope)
    {
        Argument<string> limit = LimitArgument();
        Option<string?> user = UserOption();
        return new ClientCommand(scope, "delete", "Removes a limit of the virtual host, or of a user.", async (run, aborted) =>
        {
            await run.Broker.ChangeAsync(HttpMethod.Delete, PathOf(run, user, limit), body: null, aborted).ConfigureAwait(false);
            run.Done($"Removed {run.Get(limit)} of {Owner(run, user)}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { limit },
            Options = { user },
            AlsoCalled = ["clear"],
            Examples = ["ropeway limit delete max-queues", "ropeway limit delete max-connections --of-user guest", "ropeway limit delete max-queues --dry-run"],
        };
    }

    private static IEnumerable<JsonElement> RowsOf(string kind, JsonElement entry) => entry.GetProperty("value").EnumerateObject().Select(limit => JsonElement.Parse(JsonWriting.Object(writer =>
    {
        writer.WriteString("of", kind);
        writer.WriteString("name", entry.Text(kind));
        writer.WriteString("limit", limit.Name);
        writer.WritePropertyName("value");
        limit.Value.WriteTo(writer);
    })));

    private static string Owner(CommandRun run, Option<string?> user) => run.Get(user) is { } name ? $"user {name}" : $"vhost {run.VirtualHost}";

    private static string PathOf(CommandRun run, Option<string?> user, Argument<string> limit) => run.Get(user) is { } name
        ? ApiPath.Of("user-limits", name, run.Get(limit))
        : ApiPath.Of("vhost-limits", run.VirtualHost, run.Get(limit));

    private static Option<string?> UserOption() => new("--of-user") { Description = "The limit of a user: max-connections or max-channels", HelpName = "NAME" };

    private static Argument<string> LimitArgument()
    {
        var limit = new Argument<string>("limit") { HelpName = "limit", Description = "max-connections, max-queues, max-ready-messages, max-ready-bytes, or max-channels" };
        limit.CompletionSources.Add("max-connections", "max-queues", "max-ready-messages", "max-ready-bytes", "max-channels");
        return limit;
    }
}
