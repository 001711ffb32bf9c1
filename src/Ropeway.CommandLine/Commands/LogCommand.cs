using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway log</c>: what the broker said last, and what it says.</summary>
internal static class LogCommand
{
    private const int LineCountMax = 1000; // The broker keeps no more.
    private const int FollowedFrom = 10;

    private static readonly Column[] Columns =
    [
        new("time", "time", ColumnKind.Time),
        new("level", "level"),
        new("message", "message"),
        new("category", "category", ColumnKind.Name) { IsExtra = true },
        new("event", "event", ColumnKind.Number) { IsExtra = true },
        new("fields", "fields") { IsExtra = true },
    ];

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        var level = new Option<string?>("--level") { Description = "Only lines of this level, or a worse one", HelpName = "trace|debug|info|warn|error|crit" };
        level.AcceptOnlyFromAmong("trace", "debug", "info", "warn", "error", "crit");
        var search = new Option<string?>("--search") { Description = "Only lines with this text, in whatever case", HelpName = "TEXT" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Wait for more, until Ctrl+C; --limit says how many of the last lines come first [10]" };
        var count = new Option<int?>("--count", "-n") { Description = "With --follow: end after so many lines", HelpName = "COUNT" };
        return new ClientCommand(scope, "log", "Shows the last lines of the broker's log, the newest last. 200, or --limit.", async (run, aborted) =>
        {
            string query = QueryOf(("level", run.Get(level)), ("q", run.Get(search)));
            if (!run.Get(follow))
            {
                return run.Get(count) is null ? await ListAsync(run, query, aborted).ConfigureAwait(false) : throw ClientException.Usage("--count: only with --follow; --limit bounds what is shown");
            }

            return await FollowAsync(run, query, run.Get(count) ?? int.MaxValue, aborted).ConfigureAwait(false);
        })
        {
            Options = { level, search, follow, count },
            CanWatch = true,
            Examples = ["ropeway log", "ropeway log --level warn --search listener --json", "ropeway log --follow --count 1"],
        }.WithGlobals(scope);
    }

    /// <summary>The filters, each with <c>&amp;</c> before it.</summary>
    private static string QueryOf(params ReadOnlySpan<(string Name, string? Value)> filters)
    {
        string query = string.Empty;
        foreach ((string name, string? value) in filters)
        {
            query += value is null ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";
        }

        return query;
    }

    private static async Task<int> ListAsync(CommandRun run, string query, CancellationToken aborted)
    {
        string limit = run.IsSelecting ? LimitText(LineCountMax) : run.Limit is { } asked ? LimitText(asked) : string.Empty;
        JsonElement lines = await run.Broker.GetAsync($"api/ropeway/log?{limit}{query}", aborted).ConfigureAwait(false);
        var listing = new Listing(Columns, lines.Rows()) { IsNewestLast = true };
        if (run.Style.Form != OutputForm.Table)
        {
            return run.Write(listing, "lines");
        }

        Listing found = run.Select(listing);
        new RowStream(run.Output, run.Style, Columns, run.ColumnNames).Write(found.Rows); // A line of a log that is cut says nothing.
        if (found.Rows.Count == 0)
        {
            run.Note("No lines");
        }

        return ClientExitCode.Done;
    }

    private static async Task<int> FollowAsync(CommandRun run, string query, int countMax, CancellationToken aborted)
    {
        int first = run.Limit ?? FollowedFrom;
        var rows = new RowStream(run.Output, run.Style, Columns, run.ColumnNames);
        Stream stream = await run.Broker.OpenAsync($"api/ropeway/log/events?{LimitText(run.IsSelecting ? LineCountMax : first)}{query}", "text/event-stream", aborted).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int left = countMax;
            await foreach ((string name, string value) in ServerEvents.ReadAsync(stream, run.Surroundings.Time, aborted).ConfigureAwait(false))
            {
                var document = JsonElement.Parse(value);
                if (name == "skipped")
                {
                    run.Note($"{Lookup.Count(document.Long("count"), "line")} left out: more came than can be followed");
                    continue;
                }

                IReadOnlyList<JsonElement> lines = run.Filter(new Listing(Columns, document.Rows())).Rows;
                JsonElement[] shown = [.. (name == "snapshot" ? lines.TakeLast(first) : lines).Take(left)];
                rows.Write(shown);
                await run.Output.FlushAsync(aborted).ConfigureAwait(false);
                left -= shown.Length;
                if (left == 0)
                {
                    return ClientExitCode.Done;
                }
            }
        }

        throw new ClientException(ClientExitCode.Unreachable, "the broker has ended the stream: it stops, or the user may not follow any more.");
    }

    private static string LimitText(int count) => $"limit={Math.Clamp(count, 1, LineCountMax).ToString(CultureInfo.InvariantCulture)}";
}
