using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway findings snooze</c> and <c>unsnooze</c>: what is known and need not be shown for a time.</summary>
internal static class FindingSnoozeCommands
{
    private const string Path = "api/ropeway/findings/snooze";
    private const string TimeDefault = "1h";

    /// <summary>Makes both verbs.</summary>
    public static IEnumerable<Command> Create(CommandScope scope) => [CreateSnooze(scope), CreateUnsnooze(scope)];

    private static ClientCommand CreateSnooze(CommandScope scope)
    {
        Argument<string> id = IdArgument(scope, isSnoozed: false);
        Argument<string?> name = NameArgument();
        var time = new Option<string>("--for") { Description = "For how long, up to 30 days", HelpName = "TIME", DefaultValueFactory = static _ => TimeDefault };
        var reason = new Option<string?>("--reason") { Description = "Why; whoever lists what is hidden sees it", HelpName = "TEXT" };
        return new ClientCommand(scope, "snooze", "Hides a finding for a time, for everybody.", async (run, aborted) =>
        {
            string span = run.Get(time)!;
            long seconds = (long)Math.Ceiling(DurationText.Parse("--for", span).TotalSeconds);
            (string? host, string found) = await FindAsync(run, run.Get(id), run.Get(name), isSnoozed: false, aborted).ConfigureAwait(false);
            byte[] body = JsonWriting.Object(writer =>
            {
                writer.WriteString("id", run.Get(id));
                if (host is not null)
                {
                    writer.WriteString("vhost", host);
                }

                writer.WriteString("name", found);
                writer.WriteNumber("for_s", seconds);
                writer.WriteString("reason", run.Get(reason) ?? string.Empty);
            });
            await run.Broker.ChangeAsync(HttpMethod.Post, Path, body, aborted).ConfigureAwait(false);
            run.Done($"Snoozed {run.Get(id)} of {found} for {span}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { id, name },
            Options = { time, reason },
            Examples =
            [
                "ropeway findings snooze queue.growing mail.outgoing --for 1h --dry-run",
                "ropeway findings snooze queue.no-consumer orders.dead --for 1d --reason 'looked at on Monday' --dry-run",
                "ropeway findings snooze queue.near-limit orders --dry-run --quiet",
            ],
        };
    }

    private static ClientCommand CreateUnsnooze(CommandScope scope)
    {
        Argument<string> id = IdArgument(scope, isSnoozed: true);
        Argument<string?> name = NameArgument();
        return new ClientCommand(scope, "unsnooze", "Shows a snoozed finding again.", async (run, aborted) =>
        {
            (string? host, string found) = await FindAsync(run, run.Get(id), run.Get(name), isSnoozed: true, aborted).ConfigureAwait(false);
            string place = host is null ? string.Empty : $"&vhost={Uri.EscapeDataString(host)}";
            string path = $"{Path}?id={Uri.EscapeDataString(run.Get(id))}{place}&name={Uri.EscapeDataString(found)}";
            await run.Broker.ChangeAsync(HttpMethod.Delete, path, body: null, aborted).ConfigureAwait(false);
            run.Done($"{run.Get(id)} of {found} is shown again.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { id, name },
            Examples =
            [
                "ropeway findings unsnooze queue.growing mail.outgoing --dry-run",
                "ropeway findings unsnooze queue.no-consumer orders.dead --dry-run",
                "ropeway findings unsnooze queue.near-limit orders --dry-run --quiet",
            ],
        };
    }

    /// <summary>Where the finding is: in the virtual host of this run, if there are several.</summary>
    /// <exception cref="ClientException">It is not said which of several is meant, or there is none.</exception>
    private static async Task<(string? VirtualHost, string Name)> FindAsync(CommandRun run, string id, string? name, bool isSnoozed, CancellationToken aborted)
    {
        JsonElement[] same = [.. (await FindingsCommand.ReadAsync(run, isSnoozed, aborted).ConfigureAwait(false)).Where(finding => finding.Text("id") == id)];
        JsonElement[] found = [.. same.Where(finding => name is null || finding.Text("name") == name)];
        JsonElement[] near = [.. found.Where(finding => finding.Text("vhost") == run.VirtualHost)];
        found = near.Length > 0 ? near : found;
        return found.Length switch
        {
            1 => (found[0].Text("vhost") is { Length: > 0 } host ? host : null, found[0].Text("name")),
            0 when name is not null => (run.VirtualHost, name), // The broker says that there is none.
            0 => throw new ClientException(ClientExitCode.NotFound, $"there is no {(isSnoozed ? "snoozed " : string.Empty)}finding {id}.", $"ropeway findings{(isSnoozed ? " --snoozed" : string.Empty)} shows the known ones"),
            _ => throw ClientException.Usage($"{id}: there are several; the name of one is expected", string.Join(", ", found.Select(finding => finding.Text("name")).Distinct(StringComparer.Ordinal).Take(10))),
        };
    }

    private static Argument<string> IdArgument(CommandScope scope, bool isSnoozed)
    {
        var id = new Argument<string>("id") { Description = "What was found, for example queue.growing", HelpName = "id" };
        id.CompletionSources.Add(context => NameCompletion.Complete(scope, context, (run, aborted) => IdsAsync(run, isSnoozed, aborted)));
        return id;
    }

    private static Argument<string?> NameArgument() => new("name") { Description = "Of what: the queue, for example; not needed when there is one such finding only", DefaultValueFactory = static _ => null };

    private static async Task<string[]> IdsAsync(CommandRun run, bool isSnoozed, CancellationToken aborted) =>
        [.. (await FindingsCommand.ReadAsync(run, isSnoozed, aborted).ConfigureAwait(false)).Select(finding => finding.Text("id")).Distinct(StringComparer.Ordinal)];
}
