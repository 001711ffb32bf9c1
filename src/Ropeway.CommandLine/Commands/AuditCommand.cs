using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway audit</c>: who did what over HTTP.</summary>
internal static class AuditCommand
{
    private const int EntryCountMax = 1000; // The broker keeps no more.
    private const string Done = "done";

    private static readonly string[] Searched = ["act", "object", "result"];

    private static readonly Column[] Columns =
    [
        new("time", "time", ColumnKind.Time),
        new("user", "user", ColumnKind.Name),
        new("act", "act"),
        new("object", "object", ColumnKind.Name),
        new("result", "result"),
        new("count", "count", ColumnKind.Count) { IsExtra = true },
        new("messages", "messages", ColumnKind.Count) { IsExtra = true },
        new("address", "address") { IsExtra = true },
    ];

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        Option<string?> user = NameCompletion.Option(scope, "--of-user", "Only what this user did", "users", isInVirtualHost: false);
        var search = new Option<string?>("--search") { Description = "Only with this text in act, object or result, in whatever case", HelpName = "TEXT" };
        var since = new Option<string?>("--since") { Description = "Only what was done within this time, for example 10m or 1d", HelpName = "TIME" };
        var refused = new Option<bool>("--refused") { Description = "Only what was refused, or failed" };
        return new ClientCommand(scope, "audit", "Shows who changed or read what over HTTP, the newest first. 200, or --limit.", async (run, aborted) =>
        {
            DateTimeOffset from = run.Get(since) is { } text ? run.Surroundings.Time.GetUtcNow() - DurationText.Parse("--since", text) : DateTimeOffset.MinValue;
            bool isFiltered = run.IsSelecting || run.Get(user) is not null || run.Get(search) is not null || run.Get(refused);
            int limit = isFiltered || run.Get(since) is not null ? EntryCountMax : Math.Clamp(run.Limit ?? 200, 1, EntryCountMax);
            JsonElement entries = await run.Broker.GetAsync($"api/ropeway/audit?limit={limit.ToString(CultureInfo.InvariantCulture)}", aborted).ConfigureAwait(false);
            IEnumerable<JsonElement> found = entries.Rows()
                .Where(entry => run.Get(user) is not { } name || entry.Text("user") == name)
                .Where(entry => run.Get(search) is not { } words || Contains(entry, words))
                .Where(entry => !run.Get(refused) || entry.Text("result") != Done)
                .Where(entry => !entry.TryGetProperty("time", out JsonElement time) || time.GetDateTimeOffset() >= from);
            return run.Write(new Listing(Columns, [.. found]), "acts");
        })
        {
            Options = { user, search, since, refused },
            CanWatch = true,
            Examples = ["ropeway audit", "ropeway audit --of-user guest --since 1h --search queue", "ropeway audit --refused --json"],
        }.WithGlobals(scope);
    }

    private static bool Contains(JsonElement entry, string words) =>
        Array.Exists(Searched, name => entry.Text(name).Contains(words, StringComparison.OrdinalIgnoreCase));
}
