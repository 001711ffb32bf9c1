using System.Text.Json;

namespace Ropeway.Management.Live;

/// <summary>
/// Writes what a page has not been told yet, and remembers what it was told. One stream's; one thread at a time.
/// </summary>
internal sealed class TopicWriter(TopicValues values)
{
    private readonly Dictionary<string, JsonElement> _told = new(StringComparer.Ordinal); // By topic; the rows by RowKey.

    /// <summary>Writes an object with a member for each topic that has changed.</summary>
    /// <returns>False when none has: what was written is an empty object.</returns>
    public bool Write(Utf8JsonWriter writer, Subscription wanted, Viewer viewer)
    {
        Forget(wanted);
        bool any = false;
        writer.WriteStartObject();
        foreach (Topic topic in wanted.Topics)
        {
            any |= topic switch
            {
                { Text: Topic.Overview } => WriteObject(writer, topic.Text, topic.Text, values.Overview(viewer)),
                { Text: Topic.Findings } => WriteWhole(writer, topic.Text, values.Findings(viewer)),
                { Text: Topic.Rows } => WriteRows(writer, wanted, viewer),
                _ => WriteRow(writer, topic.Text, (topic.VirtualHost!, topic.Name!), viewer),
            };
        }

        writer.WriteEndObject();
        return any;
    }

    private static string KeyOf((string VirtualHost, string Name) row) => $"row:{row.VirtualHost}\n{row.Name}";

    private bool WriteWhole(Utf8JsonWriter writer, string name, JsonElement value)
    {
        if (_told.TryGetValue(name, out JsonElement told) && JsonElement.DeepEquals(told, value))
        {
            return false;
        }

        _told[name] = value;
        writer.WritePropertyName(name);
        value.WriteTo(writer);
        return true;
    }

    /// <summary>Writes the members that have changed; under no name in an array.</summary>
    private bool WriteObject(Utf8JsonWriter writer, string? name, string key, JsonElement value)
    {
        bool isNew = !_told.TryGetValue(key, out JsonElement told);
        JsonProperty[] changed = [.. value.EnumerateObject().Where(member => isNew || !told.TryGetProperty(member.Name, out JsonElement old) || !JsonElement.DeepEquals(old, member.Value))];
        if (changed.Length == 0)
        {
            return false;
        }

        _told[key] = value;
        if (name is not null)
        {
            writer.WritePropertyName(name);
        }

        writer.WriteStartObject();
        bool isRow = value.TryGetProperty("vhost", out JsonElement host);
        if (isRow)
        {
            writer.WritePropertyName("vhost"); // A row always says whose it is.
            host.WriteTo(writer);
            writer.WritePropertyName("name");
            value.GetProperty("name").WriteTo(writer);
        }

        foreach (JsonProperty member in changed.Where(member => !isRow || member.Name is not "vhost" and not "name"))
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
        return true;
    }

    private bool WriteRows(Utf8JsonWriter writer, Subscription wanted, Viewer viewer)
    {
        bool any = !_told.ContainsKey(Topic.Rows);
        _told[Topic.Rows] = default;
        bool hasBegun = false;
        foreach ((string VirtualHost, string Name) row in wanted.Rows)
        {
            JsonElement value = values.Row(viewer, row.VirtualHost, row.Name) ?? Gone(row);
            if (!_told.TryGetValue(KeyOf(row), out JsonElement told) || !JsonElement.DeepEquals(told, value))
            {
                Begin();
                WriteOne(writer, null, row, value);
            }
        }

        if (any)
        {
            Begin();
        }

        if (hasBegun)
        {
            writer.WriteEndArray();
        }

        return hasBegun;

        void Begin()
        {
            if (!hasBegun)
            {
                writer.WriteStartArray(Topic.Rows);
                hasBegun = true;
            }
        }
    }

    private bool WriteRow(Utf8JsonWriter writer, string name, (string VirtualHost, string Name) row, Viewer viewer) =>
        WriteOne(writer, name, row, values.Row(viewer, row.VirtualHost, row.Name) ?? Gone(row), name);

    private bool WriteOne(Utf8JsonWriter writer, string? name, (string VirtualHost, string Name) row, JsonElement value, string? key = null)
    {
        key ??= KeyOf(row);
        if (_told.TryGetValue(key, out JsonElement told) && told.TryGetProperty("gone", out _) != value.TryGetProperty("gone", out _))
        {
            _told.Remove(key); // It came back, or is another one now: everything is told anew.
        }

        return WriteObject(writer, name, key, value);
    }

    /// <summary>What is said of a queue that is not there, or that the user does not see.</summary>
    private static JsonElement Gone((string VirtualHost, string Name) row)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("vhost", row.VirtualHost);
            writer.WriteString("name", row.Name);
            writer.WriteBoolean("gone", true);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        return document.RootElement.Clone();
    }

    /// <summary>What the page follows no more is told in full when it follows it again.</summary>
    private void Forget(Subscription wanted)
    {
        HashSet<string> followed = [.. wanted.Topics.Select(topic => topic.Text)];
        if (followed.Contains(Topic.Rows))
        {
            followed.UnionWith(wanted.Rows.Select(KeyOf));
        }

        foreach (string key in _told.Keys.Where(key => !followed.Contains(key)).ToArray())
        {
            _told.Remove(key);
        }
    }
}
