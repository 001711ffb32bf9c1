using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Settings;
using Ropeway.CommandLine.Top;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway top</c>: a live view on a terminal, rows again and again otherwise.</summary>
internal static class TopCommand
{
    private const int BatchRows = 50;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        var batch = new Option<bool>("--batch", "-b") { Description = "Rows instead of a screen, as when the output is no terminal" };
        var count = new Option<long?>("-n") { Description = "So many times at most", HelpName = "COUNT" };
        var interval = new Option<string>("--interval") { Description = "Time between two looks", HelpName = "TIME", DefaultValueFactory = static _ => "1s" };
        return new ClientCommand(scope, "top", "Shows the busiest queues and what the broker does, live.", async (run, aborted) =>
        {
            TimeSpan time = DurationText.Parse("--interval", run.Get(interval)!);
            long countMax = run.Get(count) ?? long.MaxValue;
            if (run.Get(batch) || run.Style.Form != OutputForm.Table)
            {
                await WriteRowsAsync(run, time, countMax, aborted).ConfigureAwait(false);
            }
            else
            {
                await new TopLoop(run, time).RunAsync(countMax, aborted).ConfigureAwait(false);
            }

            return ClientExitCode.Done;
        })
        {
            Options = { batch, count, interval },
            Examples = ["ropeway top --batch -n 1", "ropeway top --batch -n 2 --interval 100ms --limit 5", "ropeway top --jsonl -n 1"],
        }.WithGlobals(scope);
    }

    private static async Task WriteRowsAsync(CommandRun run, TimeSpan interval, long countMax, CancellationToken aborted)
    {
        var source = new TopSource(run);
        var state = new TopState(TopView.Queues, SortIndex: 0, IsPaused: false);
        Column[] columns = [new("time", "time", ColumnKind.Time), .. TopColumns.Queues];
        var writer = new ListingWriter(run.Output, run.Style with { Form = run.Style.Form is OutputForm.Table ? OutputForm.Plain : run.Style.Form == OutputForm.Json ? OutputForm.JsonLines : run.Style.Form });
        for (long shown = 1; ; shown++)
        {
            TopSnapshot snapshot = await source.ReadAsync(state, run.Limit ?? BatchRows, aborted).ConfigureAwait(false);
            string time = snapshot.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            writer.Write(new Listing(columns, [.. snapshot.Rows.Select(row => WithTime(row, time))]), run.ColumnNames);
            await run.Output.FlushAsync(aborted).ConfigureAwait(false);
            if (shown >= countMax)
            {
                return;
            }

            await Task.Delay(interval, run.Surroundings.Time, aborted).ConfigureAwait(false);
        }
    }

    private static JsonElement WithTime(JsonElement row, string time) => JsonElement.Parse(JsonWriting.Object(writer =>
    {
        writer.WriteString("time", time);
        foreach (JsonProperty field in row.EnumerateObject())
        {
            field.WriteTo(writer);
        }
    }));
}
