using System.Text.Json;

namespace Ropeway.CommandLine.Settings;

/// <summary>The saved contexts of a user: <c>ropeway/contexts.json</c> below <c>XDG_CONFIG_HOME</c>, or <c>~/.config</c>. Read and replaced as a whole.</summary>
internal sealed class ContextFile
{
    private readonly string? _path;

    private ContextFile(string? path) => _path = path;

    /// <summary>The contexts, by name.</summary>
    public SortedDictionary<string, SavedContext> Contexts { get; } = new(StringComparer.Ordinal);

    /// <summary>Name of the one that holds when none is named; null when none is chosen.</summary>
    public string? Current { get; set; }

    /// <summary>Reads the file; without one there are no contexts.</summary>
    /// <exception cref="ClientException">It is there and cannot be read.</exception>
    public static ContextFile Of(Surroundings surroundings)
    {
        string? root = surroundings.Variable("XDG_CONFIG_HOME") is { Length: > 0 } configured
            ? configured
            : surroundings.Variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config") : null;
        var file = new ContextFile(root is null ? null : Path.Combine(root, "ropeway", "contexts.json"));
        if (File.Exists(file._path))
        {
            file.Read(file._path);
        }

        return file;
    }

    /// <summary>The context with this name, or the current one when the name is null.</summary>
    /// <param name="name">Null for the current one.</param>
    /// <param name="isWanted">Whether the current one is wanted.</param>
    /// <exception cref="ClientException">None has this name.</exception>
    public SavedContext? Find(string? name, bool isWanted = true)
    {
        if (name is null)
        {
            return isWanted && Current is not null ? Contexts.GetValueOrDefault(Current) : null;
        }

        return Contexts.TryGetValue(name, out SavedContext? context)
            ? context
            : throw new ClientException(ClientExitCode.NotFound, $"no context \"{name}\"", NearestName.Find(name, Contexts.Keys) is { } near ? $"Did you mean {near}?" : "ropeway context list shows the saved ones");
    }

    /// <summary>Writes the file, readable by its owner only.</summary>
    /// <exception cref="ClientException">It cannot be written.</exception>
    public void Save()
    {
        if (_path is null)
        {
            throw ClientException.Usage("there is no place for contexts: neither XDG_CONFIG_HOME nor HOME is set");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            string fresh = _path + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(fresh, options))
            {
                Write(stream);
            }

            File.Move(fresh, _path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ClientExitCode.Failed, $"cannot write {_path}: {fault.Message}", next: null, fault);
        }
    }

    private static string? Text(JsonElement context, string name) => context.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private void Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            Current = Text(document.RootElement, "current");
            foreach (JsonProperty entry in document.RootElement.GetProperty("contexts").EnumerateObject())
            {
                Contexts[entry.Name] = new SavedContext(
                    entry.Name,
                    entry.Value.GetProperty("url").GetString() ?? ClientSettings.DefaultUrl,
                    Text(entry.Value, "user"),
                    Text(entry.Value, "vhost"),
                    Text(entry.Value, "password_file"));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ClientException(ClientExitCode.Usage, $"cannot read the contexts in {path}: {fault.Message}", next: null, fault);
        }
    }

    private void Write(Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        if (Current is not null)
        {
            writer.WriteString("current", Current);
        }

        writer.WriteStartObject("contexts");
        foreach (SavedContext context in Contexts.Values)
        {
            writer.WriteStartObject(context.Name);
            foreach ((string name, string? value) in new[] { ("url", context.Url), ("user", context.User), ("vhost", context.VirtualHost), ("password_file", context.PasswordFile) })
            {
                if (value is not null)
                {
                    writer.WriteString(name, value);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
