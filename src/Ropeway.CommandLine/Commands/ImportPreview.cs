using System.Text.Json;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary>Shows what the broker says that an import of definitions would change; nothing is changed.</summary>
internal static class ImportPreview
{
    private static readonly Column[] Columns =
    [
        new("change", "kind"),
        new("section", "section"),
        new("name", "name", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("reason", "reason", ColumnKind.Name),
    ];

    /// <summary>Asks the broker, and writes its answer.</summary>
    /// <param name="run">The run.</param>
    /// <param name="contents">What is in the file, in words.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="query">The query of the request.</param>
    /// <param name="aborted">Ends the wait.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClientException">The import would be refused.</exception>
    public static async Task<JsonElement> ShowAsync(CommandRun run, string contents, byte[] bytes, string query, CancellationToken aborted)
    {
        JsonElement diff = await run.Broker.ChangeAsync(HttpMethod.Post, "api/ropeway/definitions/diff" + query, bytes, aborted, isHarmless: true).ConfigureAwait(false);
        run.Results.Write(run.Select(new Listing(Columns, diff.GetProperty("entries").Rows())), run.ColumnNames);
        run.Surroundings.Flush(); // What follows belongs below the table.
        long more = diff.Long("more_entries");
        string deletions = diff.Long("delete") + diff.Long("left") > 0 ? $"; not in the file: {diff.Long("delete")} deleted, {diff.Long("left")} left" : string.Empty;
        run.Note($"Would import {contents}: {diff.Long("add")} new, {diff.Long("change")} changed, {diff.Long("same")} as they are, {diff.Long("ignored")} ignored{deletions}{(more > 0 ? $"; {more} more are not listed" : string.Empty)}.");
        return diff.Long("refused") is > 0 and var refused
            ? throw ClientException.Usage($"the broker would refuse all of it, because of {ValueText.Count(refused)} of its entries")
            : diff;
    }
}
