using System.Text.Json;

namespace Ropeway.TestKit.Api;

/// <summary>The keys and types of a JSON document: a line <c>path type</c> for each. The entries of an array share theirs.</summary>
public static class JsonShape
{
    /// <summary>An object whose keys are names of tables, some with the node's name in them.</summary>
    private const string Tables = "ets_tables_memory";

    /// <summary>The lines, in order. Keys that are a node's name are called <c>NODE</c>, those of tables <c>TABLE</c>.</summary>
    /// <param name="document">Any JSON.</param>
    /// <param name="node">The node's name.</param>
    public static IReadOnlyList<string> Of(JsonElement document, string node)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        Add(lines, "$", document, node);
        return [.. lines];
    }

    private static void Add(SortedSet<string> lines, string path, JsonElement element, string node)
    {
        lines.Add($"{path} {TypeOf(element)}");
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                string name = path.EndsWith(Tables, StringComparison.Ordinal) ? "TABLE" : property.Name == node ? "NODE" : property.Name;
                Add(lines, $"{path}.{name}", property.Value, node);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement entry in element.EnumerateArray())
            {
                Add(lines, path + "[]", entry, node);
            }
        }
    }

    private static string TypeOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => element.ValueKind.ToString().ToLowerInvariant(),
    };
}
