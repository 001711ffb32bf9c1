using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway definitions imports</c> and <c>undo</c>: imports that can be taken back.</summary>
internal static class ImportCommands
{
    private const string Path = "api/ropeway/definitions/imports";

    private static readonly Column[] Columns =
    [
        new("import", "id"),
        new("at", "at", ColumnKind.Time),
        new("user", "user", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("added", "added", ColumnKind.Count),
        new("changed", "changed", ColumnKind.Count),
        new("deleted", "deleted", ColumnKind.Count),
        new("undo-until", "undo_until", ColumnKind.Time),
        new("undone", "undone"),
    ];

    /// <summary>Makes <c>imports</c>.</summary>
    public static ClientCommand CreateList(CommandScope scope) => new(scope, "imports", "Lists the imports that can be taken back.", async (run, aborted) =>
        run.Write(new Listing(Columns, (await run.Broker.GetAsync(Path, aborted).ConfigureAwait(false)).Rows()), "imports"))
    {
        CanWatch = true,
        Examples = ["ropeway definitions imports", "ropeway definitions imports --where undone=false", "ropeway definitions imports --json"],
    };

    /// <summary>Makes <c>undo</c>.</summary>
    public static ClientCommand CreateUndo(CommandScope scope)
    {
        var id = new Argument<string>("import") { Description = "Its id, as definitions imports shows it" };
        return new ClientCommand(scope, "undo", "Takes an import back, within 24 hours: what it added, changed or deleted.", async (run, aborted) =>
        {
            JsonElement undone = await run.Broker.ChangeAsync(HttpMethod.Post, $"{Path}/{Uri.EscapeDataString(run.Get(id))}/undo", body: null, aborted).ConfigureAwait(false);
            return run.IsDryRun ? ClientExitCode.Done : Tell(run, undone);
        })
        {
            Arguments = { id },
            Examples = ["ropeway definitions undo IMPORT --dry-run", "ropeway definitions undo IMPORT --dry-run --quiet", "ropeway definitions undo IMPORT --dry-run --timeout 5s"],
        };
    }

    private static int Tell(CommandRun run, JsonElement undone)
    {
        run.Done($"Took back import {undone.GetProperty("import").Text("id")}: {undone.Long("restored")} restored, {undone.Long("deleted")} deleted.");
        JsonElement[] left = undone.GetProperty("left").Rows();
        foreach (JsonElement entry in left)
        {
            run.Note($"Left: {entry.Text("section")} {entry.Text("name")}{(entry.Text("vhost") is { Length: > 0 } host ? $" in vhost {host}" : string.Empty)}: {entry.Text("reason")}");
        }

        return left.Length == 0 ? ClientExitCode.Done : throw new ClientException(ClientExitCode.Partly, $"{Lookup.Count(left.Length, "definition")} could not be taken back, and stayed");
    }
}
