using System.Text.Json;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Commands;

/// <summary>Finds named things, and says what may have been meant when one is not there.</summary>
internal static class Lookup
{
    /// <summary>Reads one thing of a virtual host.</summary>
    /// <param name="run">The run.</param>
    /// <param name="kind">Our word for it.</param>
    /// <param name="collection">The API's word for all of them.</param>
    /// <param name="name">Its name.</param>
    /// <param name="aborted">Ends the wait.</param>
    /// <exception cref="ClientException">It is not there.</exception>
    public static async Task<JsonElement> GetAsync(CommandRun run, string kind, string collection, string name, CancellationToken aborted)
    {
        try
        {
            return await run.Broker.GetAsync(ApiPath.Of(collection, run.VirtualHost, name), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw await MissingAsync(run, kind, collection, name, aborted).ConfigureAwait(false);
        }
    }

    /// <summary>Says that a thing of the current virtual host is not there.</summary>
    public static async Task<ClientException> MissingAsync(CommandRun run, string kind, string collection, string name, CancellationToken aborted)
    {
        string[] known;
        try
        {
            known = await NamesAsync(run, ApiPath.Of(collection, run.VirtualHost), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            string[] hosts = await NamesAsync(run, "api/vhosts", aborted).ConfigureAwait(false);
            return Missing("vhost", run.VirtualHost, string.Empty, hosts);
        }

        return Missing(kind, name, $" in vhost \"{run.VirtualHost}\"", known);
    }

    /// <summary>Says that something is not there.</summary>
    public static ClientException Missing(string kind, string name, string place, IEnumerable<string> known) => new(
        ClientExitCode.NotFound,
        $"no {kind} \"{name}\"{place}.",
        NearestName.Find(name, known) is { } near ? $"Did you mean {near}?" : $"ropeway {kind} list shows the known ones");

    /// <summary>The names of all entries of a list.</summary>
    public static async Task<string[]> NamesAsync(CommandRun run, string path, CancellationToken aborted)
    {
        JsonElement list = await run.Broker.GetAsync($"{path}?columns=name", aborted).ConfigureAwait(false);
        return [.. list.EnumerateArray().Select(entry => entry.Text("name"))];
    }

    /// <summary>A text field of an object; empty when it is not there.</summary>
    public static string Text(this JsonElement row, string name) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out JsonElement value) ? Output.RawText.Of(value) : string.Empty;

    /// <summary>A whole number of an object; 0 when it is not there.</summary>
    public static long Long(this JsonElement row, string name) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? (long)value.GetDouble() : 0;

    /// <summary>The rows of a list.</summary>
    public static JsonElement[] Rows(this JsonElement list) => [.. list.EnumerateArray()];

    /// <summary>A count with its noun: <c>1 message</c>, <c>2,000 messages</c>.</summary>
    public static string Count(long count, string noun) => $"{Output.ValueText.Count(count)} {noun}{(count == 1 ? string.Empty : "s")}";
}
