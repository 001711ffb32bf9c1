using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway definitions</c>: export, import, imports, undo.</summary>
internal static class DefinitionCommands
{
    private static readonly string[] Parts = ["vhosts", "users", "permissions", "topic_permissions", "policies", "exchanges", "queues", "bindings", "parameters"];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "definitions", "definition", "Definitions: everything but messages, as one file that RabbitMQ knows too.")
    {
        CreateExport(scope),
        CreateImport(scope),
        ImportCommands.CreateList(scope),
        ImportCommands.CreateUndo(scope),
    };

    /// <summary>Writes definitions.</summary>
    /// <param name="run">The run.</param>
    /// <param name="path">Where they go; null or <c>-</c> for standard output.</param>
    /// <param name="isOfOneHost">Only what is in the virtual host.</param>
    /// <param name="hasUsers">With the users and the hashes of their passwords.</param>
    /// <param name="aborted">Ends the wait.</param>
    public static async Task<int> ExportAsync(CommandRun run, string? path, bool isOfOneHost, bool hasUsers, CancellationToken aborted)
    {
        JsonElement document = await run.Broker.GetAsync(CollectionOf(run, isOfOneHost), aborted).ConfigureAwait(false);
        if (!hasUsers)
        {
            document = WithoutUsers(document);
        }

        if (path is null or "-")
        {
            run.Results.WriteDocument(document);
            return ClientExitCode.Done;
        }

        using var text = new StringWriter { NewLine = "\n" };
        new ListingWriter(text, run.Style).WriteDocument(document);
        await SaveAsync(path, text.ToString(), aborted).ConfigureAwait(false);
        run.Note($"Wrote {Describe(document)} to {path}.");
        return ClientExitCode.Done;
    }

    /// <summary>Adds definitions to what is there; in a dry run the broker says what they would change.</summary>
    /// <param name="run">The run.</param>
    /// <param name="path">Where they are; <c>-</c> for standard input.</param>
    /// <param name="isIntoOneHost">They are those of one virtual host.</param>
    /// <param name="aborted">Ends the wait.</param>
    public static async Task<int> ImportAsync(CommandRun run, string path, bool isIntoOneHost, CancellationToken aborted)
    {
        byte[] bytes = await ReadAsync(run, path, aborted).ConfigureAwait(false);
        string contents = Describe(ParseFile(path, bytes));
        if (run.IsDryRun)
        {
            await ImportPreview.ShowAsync(run, contents, bytes, isIntoOneHost ? "?vhost=" + Uri.EscapeDataString(run.VirtualHost) : string.Empty, aborted).ConfigureAwait(false);
            return ClientExitCode.Done;
        }

        await run.Broker.ChangeAsync(HttpMethod.Post, CollectionOf(run, isIntoOneHost), bytes, aborted).ConfigureAwait(false);
        run.Done($"Imported {contents}.");
        return ClientExitCode.Done;
    }

    private static string CollectionOf(CommandRun run, bool isOfOneHost) => isOfOneHost ? ApiPath.Of("definitions", run.VirtualHost) : "api/definitions";

    private static async Task<int> PruneAsync(CommandRun run, string path, bool isIntoOneHost, CancellationToken aborted)
    {
        byte[] bytes = await ReadAsync(run, path, aborted).ConfigureAwait(false);
        return await new PruningImport(run, path, bytes, isIntoOneHost ? run.VirtualHost : null).DoAsync(Describe(ParseFile(path, bytes)), aborted).ConfigureAwait(false);
    }

    private static ClientCommand CreateExport(CommandScope scope)
    {
        var file = new Argument<string?>("file") { Description = "Where it goes; without it, or with -, to standard output", DefaultValueFactory = static _ => null };
        var only = new Option<bool>("--only-vhost") { Description = "Only what is in the virtual host" };
        var withoutUsers = new Option<bool>("--without-users") { Description = "Without users: RabbitMQ cannot read the hashes of their passwords, and would lock them out" };
        return new ClientCommand(scope, "export", "Writes definitions as JSON.", (run, aborted) => ExportAsync(run, run.Get(file), run.Get(only), !run.Get(withoutUsers), aborted))
        {
            Arguments = { file },
            Options = { only, withoutUsers },
            Examples = ["ropeway definitions export", "ropeway definitions export --only-vhost", "ropeway definitions export definitions.json --without-users"],
        };
    }

    private static ClientCommand CreateImport(CommandScope scope)
    {
        var file = new Argument<string>("file") { Description = "The definitions; - reads standard input" };
        var only = new Option<bool>("--only-vhost") { Description = "Into the virtual host: an export of one virtual host" };
        var prune = new Option<bool>("--prune") { Description = "Also delete what is there and not in the file; shows it and asks first" };
        return new ClientCommand(scope, "import", "Adds definitions to what is there, all or none; the first entry that is refused is named.", (run, aborted) =>
            run.Get(prune) ? PruneAsync(run, run.Get(file), run.Get(only), aborted) : ImportAsync(run, run.Get(file), run.Get(only), aborted))
        {
            Arguments = { file },
            Options = { only, prune },
            Examples =
            [
                "ropeway definitions import definitions.json --dry-run",
                "ropeway definitions import definitions.json",
                "ropeway definitions import definitions.json --prune --dry-run",
                "ropeway definitions import - --dry-run",
            ],
        };
    }

    private static JsonElement WithoutUsers(JsonElement document) => JsonElement.Parse(JsonWriting.Object(writer =>
    {
        foreach (JsonProperty part in document.EnumerateObject().Where(part => part.Name != "users"))
        {
            part.WriteTo(writer);
        }
    }));

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
