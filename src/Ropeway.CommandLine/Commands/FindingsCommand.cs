using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway findings</c>: what needs a look, and why.</summary>
internal static class FindingsCommand
{
    private static readonly string[] Severities = ["note", "warn", "bad"];

    private static readonly Column[] Columns =
    [
        new("severity", "severity"),
        new("name", "name", ColumnKind.Name),
        new("fact", "fact"),
        new("cause", "cause"),
        new("since", "since", ColumnKind.Time),
        new("id", "id") { IsExtra = true },
        new("kind", "kind") { IsExtra = true },
        new("vhost", "vhost", ColumnKind.Name) { IsExtra = true },
        new("messages", "messages", ColumnKind.Count) { IsExtra = true },
        new("snoozed-until", "snoozed_until", ColumnKind.Time) { IsExtra = true },
        new("snoozed-by", "snoozed_by", ColumnKind.Name) { IsExtra = true },
        new("snoozed-reason", "snoozed_reason") { IsExtra = true },
    ];

    private static readonly string[] SnoozedColumns = ["severity", "id", "name", "snoozed-until", "snoozed-by", "snoozed-reason"];

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        var failOn = new Option<string?>("--fail-on") { Description = "Exit code 8 when there is one of this severity, or a worse one", HelpName = "note|warn|bad" };
        failOn.AcceptOnlyFromAmong(Severities);
        var snoozed = new Option<bool>("--snoozed") { Description = "Those that are hidden for a time instead: until when, by whom and why" };
        ClientCommand command = new ClientCommand(scope, "findings", "Shows what needs a look, the worst first, and why.", async (run, aborted) =>
        {
            JsonElement[] findings = await ReadAsync(run, run.Get(snoozed), aborted).ConfigureAwait(false);
            run.ColumnNames ??= run.Get(snoozed) && !run.IsForPrograms ? string.Join(',', SnoozedColumns) : null;
            run.Write(new Listing(Columns, findings), "findings");
            return run.Get(failOn) is { } least && Array.Exists(findings, finding => RankOf(finding.Text("severity")) >= RankOf(least)) ? ClientExitCode.Found : ClientExitCode.Done;
        })
        {
            Options = { failOn, snoozed },
            CanWatch = true,
            Examples = ["ropeway findings", "ropeway findings --fail-on warn --quiet", "ropeway findings --where kind=queue --json"],
        }.WithGlobals(scope);
        foreach (Command verb in FindingSnoozeCommands.Create(scope))
        {
            command.Subcommands.Add(verb);
        }

        return command;
    }

    /// <summary>Reads the findings, the worst first.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isSnoozed">Whether those that are hidden for a time are meant, or the others.</param>
    /// <param name="aborted">Ends the wait.</param>
    public static async Task<JsonElement[]> ReadAsync(CommandRun run, bool isSnoozed, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync($"api/ropeway/findings{(isSnoozed ? "?snoozed=true" : string.Empty)}", aborted).ConfigureAwait(false);
        return [.. list.Rows().OrderByDescending(finding => RankOf(finding.Text("severity")))];
    }

    private static int RankOf(string severity) => Array.IndexOf(Severities, severity);
}
