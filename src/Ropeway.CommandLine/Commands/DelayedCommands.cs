using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway delayed</c>: messages that wait for their time.</summary>
internal static class DelayedCommands
{
    private const int PageRowsMax = 500;
    private const int RowsDefault = 100;

    private static readonly Column[] Columns =
    [
        new("sequence", "sequence", ColumnKind.Number),
        new("due", "due", ColumnKind.Time),
        new("exchange", "exchange", ColumnKind.Name),
        new("key", "routing_key", ColumnKind.Name),
        new("size", "size", ColumnKind.Bytes),
        new("queue", "queue", ColumnKind.Name) { IsExtra = true },
        new("published", "published", ColumnKind.Time) { IsExtra = true },
        new("persistent", "persistent") { IsExtra = true },
        new("vhost", "vhost", ColumnKind.Name) { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "delayed", "delayed", "Messages that wait for their time.")
    {
        CreateList(scope),
        CreateAct(scope, "cancel", "Removes messages before their time; they are gone.", HttpMethod.Delete, string.Empty, "Cancelled"),
        CreateAct(scope, "send-now", "Sends messages on at once, as if their time had come.", HttpMethod.Post, "/send-now", "Sent on"),
    };

    private static ClientCommand CreateList(CommandScope scope)
    {
        var search = new Option<string?>("--search") { Description = "Only with this text in exchange or routing key, in whatever case", HelpName = "TEXT" };
        return new ClientCommand(scope, "list", "Lists delayed messages, the next one first. A hundred, or --limit.", async (run, aborted) =>
        {
            int rowsMax = run.Limit ?? RowsDefault;
            string filter = run.Get(search) is { } text ? $"&q={Uri.EscapeDataString(text)}" : string.Empty;
            var rows = new List<JsonElement>();
            JsonElement page = default;
            do
            {
                string after = page.Text("next") is { Length: > 0 } next ? $"&after={next}" : string.Empty;
                string limit = Math.Clamp(rowsMax - rows.Count, 1, PageRowsMax).ToString(CultureInfo.InvariantCulture);
                page = await run.Broker.GetAsync($"api/ropeway/delayed?vhost={Uri.EscapeDataString(run.VirtualHost)}&limit={limit}{filter}{after}", aborted).ConfigureAwait(false);
                rows.AddRange(page.GetProperty("messages").Rows());
            }
            while (rows.Count < rowsMax && page.Text("next").Length > 0);

            return run.Write(new Listing(Columns, rows) { TotalCount = (int)Math.Max(rows.Count, page.Long("total")) }, "delayed messages", $"in vhost {run.VirtualHost}");
        })
        {
            Options = { search },
            CanWatch = true,
            AlsoCalled = ["ls"],
            Examples = ["ropeway delayed list", "ropeway delayed list --search reminders --limit 20", "ropeway delayed list --columns sequence,due,key --json"],
        };
    }

    private static ClientCommand CreateAct(CommandScope scope, string verb, string description, HttpMethod method, string suffix, string done)
    {
        var sequences = new Argument<long[]>("sequence") { Description = "Their numbers, as delayed list shows them", Arity = ArgumentArity.OneOrMore };
        return new ClientCommand(scope, verb, description, async (run, aborted) =>
        {
            long doneCount = 0;
            foreach (long sequence in run.Get(sequences))
            {
                try
                {
                    string path = ApiPath.Of("ropeway", "delayed", run.VirtualHost, sequence.ToString(CultureInfo.InvariantCulture)) + suffix;
                    await run.Broker.ChangeAsync(method, path, body: null, aborted).ConfigureAwait(false);
                }
                catch (ApiFault fault) when (doneCount > 0)
                {
                    throw new ClientException(ClientExitCode.Partly, $"{done} {Lookup.Count(doneCount, "message")}, then: {fault.Message}", next: null, fault);
                }

                doneCount++;
            }

            run.Done($"{done} {Lookup.Count(doneCount, "message")}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { sequences },
            Examples = [$"ropeway delayed {verb} 7 --dry-run", $"ropeway delayed {verb} 7 8 9 --dry-run", $"ropeway delayed {verb} 7 --dry-run --quiet"],
        };
    }
}
