using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway job</c>: what the broker does with many messages, after the command that began it has ended.</summary>
internal static class JobCommands
{
    private static readonly Column[] Columns =
    [
        new("job", "id"),
        new("kind", "kind"),
        new("state", "state"),
        new("done", "done", ColumnKind.Count),
        new("total", "total", ColumnKind.Count),
        new("failed", "failed", ColumnKind.Count),
        new("queue", "source.queue", ColumnKind.Name),
        new("user", "user", ColumnKind.Name),
        new("started", "started", ColumnKind.Time),
        new("ended", "ended", ColumnKind.Time) { IsExtra = true },
        new("undo-until", "undo_until", ColumnKind.Time) { IsExtra = true },
        new("rate", "rate", ColumnKind.Rate) { IsExtra = true },
        new("target", "target") { IsExtra = true },
        new("result", "result") { IsExtra = true },
        new("error", "error") { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "job", "jobs", "Jobs: what the broker does with many messages.")
    {
        new ClientCommand(scope, "list", "Lists the jobs of the last 24 hours.", async (run, aborted) =>
            run.Write(new Listing(Columns, (await run.Broker.GetAsync("api/ropeway/jobs", aborted).ConfigureAwait(false)).Rows()), "jobs"))
        {
            CanWatch = true,
            AlsoCalled = ["ls"],
            Examples = ["ropeway job list", "ropeway job list --where state=running", "ropeway job list --json"],
        },
        Make(scope, "show", "Shows one job.", async (run, id, aborted) => run.WriteDetail(await GetAsync(run, id, aborted).ConfigureAwait(false), [.. Columns.Select(column => column with { IsExtra = false })])),
        Make(scope, "wait", "Waits until a job has ended.", async (run, id, aborted) => await new JobWatch(run).FollowAsync(await GetAsync(run, id, aborted).ConfigureAwait(false), aborted).ConfigureAwait(false)),
        Make(scope, "pause", "Lets a job stand still.", (run, id, aborted) => ActAsync(run, id, "pause", "Paused", aborted)),
        Make(scope, "resume", "Lets a job go on.", (run, id, aborted) => ActAsync(run, id, "resume", "Resumed", aborted)),
        Make(scope, "cancel", "Ends a job; what it has done stays done.", (run, id, aborted) => ActAsync(run, id, "cancel", "Cancelled", aborted)),
        Make(scope, "undo", "Takes a purge back, within ten minutes.", (run, id, aborted) => ActAsync(run, id, "undo", "Took back", aborted)),
    };

    private static ClientCommand Make(CommandScope scope, string verb, string description, Func<CommandRun, string, CancellationToken, Task<int>> act)
    {
        var id = new Argument<string>("job") { Description = "Its id, as job list shows it" };
        return new ClientCommand(scope, verb, description, (run, aborted) => act(run, run.Get(id), aborted))
        {
            Arguments = { id },
            CanWatch = verb == "show",
            Examples = verb is "show" or "wait"
                ? [$"ropeway job {verb} JOB", $"ropeway job {verb} JOB --json", $"ropeway job {verb} JOB --timeout 5s"]
                : [$"ropeway job {verb} JOB --dry-run", $"ropeway job {verb} JOB --dry-run --quiet", $"ropeway job {verb} JOB --dry-run --timeout 5s"],
        };
    }

    private static async Task<int> ActAsync(CommandRun run, string id, string verb, string done, CancellationToken aborted)
    {
        await GetAsync(run, id, aborted).ConfigureAwait(false);
        await run.Broker.ChangeAsync(HttpMethod.Post, $"{JobWatch.PathOf(id)}/{verb}", body: null, aborted).ConfigureAwait(false);
        run.Done($"{done} job {id}.");
        return ClientExitCode.Done;
    }

    private static async Task<JsonElement> GetAsync(CommandRun run, string id, CancellationToken aborted)
    {
        try
        {
            return await run.Broker.GetAsync(JobWatch.PathOf(id), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw Lookup.Missing("job", id, string.Empty, []);
        }
    }
}
