using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Commands;

/// <summary>An import of definitions that also deletes what the file does not name: shows what that would change, asks, and does it if it is still that. Used once.</summary>
/// <param name="run">The run.</param>
/// <param name="file">The file's name.</param>
/// <param name="bytes">What it holds.</param>
/// <param name="host">The virtual host that it is for; null for all.</param>
internal sealed class PruningImport(CommandRun run, string file, byte[] bytes, string? host)
{
    private const string Path = "api/ropeway/definitions";
    private const string Word = "delete";

    private string Query => $"?prune=true{(host is null ? string.Empty : $"&vhost={Uri.EscapeDataString(host)}")}";

    /// <summary>Does it.</summary>
    /// <param name="contents">What is in the file, in words.</param>
    /// <param name="aborted">Ends the wait.</param>
    public async Task<int> DoAsync(string contents, CancellationToken aborted)
    {
        JsonElement diff = await ImportPreview.ShowAsync(run, contents, bytes, Query, aborted).ConfigureAwait(false);
        if (diff.Long("add") + diff.Long("change") + diff.Long("delete") == 0)
        {
            run.Done("Nothing to change.");
            return ClientExitCode.Done;
        }

        string doomed = Lookup.Count(diff.Long("delete"), "definition");
        if (diff.Long("delete") > 0)
        {
            await Confirmation.AskAsync(run, $"Import {file} and delete {doomed} that it does not name", $"delete {doomed}", Word, "the word delete").ConfigureAwait(false);
        }

        return run.IsDryRun ? ClientExitCode.Done : Tell(await ImportAsync(diff.Text("state"), aborted).ConfigureAwait(false), diff.Long("left"));
    }

    private async Task<JsonElement> ImportAsync(string state, CancellationToken aborted)
    {
        try
        {
            return await run.Broker.ChangeAsync(HttpMethod.Post, $"{Path}{Query}&if_state={state}", bytes, aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 409)
        {
            throw new ClientException(ClientExitCode.Conflict, "something was changed meanwhile, and the import would change something else; nothing was changed.", "The same command shows what it would change now", fault);
        }
    }

    private int Tell(JsonElement done, long leftBefore)
    {
        if (done.GetProperty("import") is { ValueKind: JsonValueKind.Object } import)
        {
            run.Done($"Imported {file}: {import.Long("added")} added, {import.Long("changed")} changed, {import.Long("deleted")} deleted.");
            run.Done($"Undo within 24 h: ropeway definitions undo {import.Text("id")}");
        }
        else
        {
            run.Done($"Imported {file}: {done.Long("add")} added, {done.Long("change")} changed, {done.Long("delete")} deleted. It cannot be taken back: it was too much to be remembered.");
        }

        long left = done.Long("left") - leftBefore;
        return left == 0 ? ClientExitCode.Done : throw new ClientException(ClientExitCode.Partly, $"{Lookup.Count(left, "definition")} came into use meanwhile, and stayed");
    }
}
