using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway definitions</c>: export, import.</summary>
internal static class DefinitionCommands
{
    private static readonly string[] Parts = ["vhosts", "users", "permissions", "topic_permissions", "policies", "exchanges", "queues", "bindings", "parameters"];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "definitions", "definition", "Definitions: everything but messages, as one file that RabbitMQ knows too.")
    {
        CreateExport(scope),
        CreateImport(scope),
    };

    private static ClientCommand CreateExport(CommandScope scope)
    {
        var file = new Argument<string?>("file") { Description = "Where it goes; without it to standard output", DefaultValueFactory = static _ => null };
        var only = new Option<bool>("--only-vhost") { Description = "Only what is in the virtual host" };
        return new ClientCommand(scope, "export", "Writes definitions as JSON.", async (run, aborted) =>
        {
            JsonElement document = await run.Broker.GetAsync(run.Get(only) ? ApiPath.Of("definitions", run.VirtualHost) : "api/definitions", aborted).ConfigureAwait(false);
            if (run.Get(file) is not { } path)
            {
                run.Results.WriteDocument(document);
                return ClientExitCode.Done;
            }

            using var text = new StringWriter { NewLine = "\n" };
            new Output.ListingWriter(text, run.Style).WriteDocument(document);
            await SaveAsync(path, text.ToString(), aborted).ConfigureAwait(false);
            run.Note($"Wrote {Describe(document)} to {path}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { file },
            Options = { only },
            Examples = ["ropeway definitions export", "ropeway definitions export --only-vhost", "ropeway definitions export definitions.json"],
        };
    }

    private static ClientCommand CreateImport(CommandScope scope)
    {
        var file = new Argument<string>("file") { Description = "The definitions; - reads standard input" };
        var only = new Option<bool>("--only-vhost") { Description = "Into the virtual host: an export of one virtual host" };
        return new ClientCommand(scope, "import", "Adds definitions to what is there; the first entry that is refused ends it and is named.", async (run, aborted) =>
        {
            byte[] bytes = await ReadAsync(run, run.Get(file), aborted).ConfigureAwait(false);
            string contents = Describe(ParseFile(run.Get(file), bytes));
            if (run.IsDryRun)
            {
                await run.Output.WriteLineAsync($"would import {contents}").ConfigureAwait(false);
                return ClientExitCode.Done;
            }

            await run.Broker.ChangeAsync(HttpMethod.Post, run.Get(only) ? ApiPath.Of("definitions", run.VirtualHost) : "api/definitions", bytes, aborted).ConfigureAwait(false);
            run.Done($"Imported {contents}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { file },
            Options = { only },
            Examples = ["ropeway definitions import definitions.json --dry-run", "ropeway definitions import definitions.json", "ropeway definitions import - --dry-run"],
        };
    }

    private static string Describe(JsonElement document)
    {
        string[] counts = [.. Parts
            .Select(part => (Part: part, Count: document.TryGetProperty(part, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0))
            .Where(part => part.Count > 0)
            .Select(part => $"{part.Count} {part.Part.Replace('_', ' ')}")];
        return counts.Length == 0 ? "nothing" : string.Join(", ", counts);
    }

    private static JsonElement ParseFile(string name, byte[] bytes)
    {
        try
        {
            var document = JsonElement.Parse(bytes);
            return document.ValueKind == JsonValueKind.Object ? document : throw ClientException.Usage($"{name}: one JSON object with definitions is expected");
        }
        catch (JsonException fault)
        {
            throw new ClientException(ClientExitCode.Usage, $"{name} line {fault.LineNumber + 1}: this is not valid JSON", next: null, fault);
        }
    }

    private static async Task<byte[]> ReadAsync(CommandRun run, string name, CancellationToken aborted)
    {
        try
        {
            if (name != "-")
            {
                return await File.ReadAllBytesAsync(name, aborted).ConfigureAwait(false);
            }

            using var bytes = new MemoryStream();
            await run.Surroundings.InputStream().CopyToAsync(bytes, aborted).ConfigureAwait(false);
            return bytes.ToArray();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ClientExitCode.Usage, $"cannot read {name}: {fault.Message}", next: null, fault);
        }
    }

    private static async Task SaveAsync(string path, string text, CancellationToken aborted)
    {
        try
        {
            string fresh = path + ".new"; // Whoever reads the file meanwhile gets the old one as a whole.
            await File.WriteAllTextAsync(fresh, text, aborted).ConfigureAwait(false);
            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ClientExitCode.Failed, $"cannot write {path}: {fault.Message}", next: null, fault);
        }
    }
}
