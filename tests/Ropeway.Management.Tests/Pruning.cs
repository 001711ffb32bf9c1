using System.Text.Json;
using System.Text.Json.Nodes;
using Ropeway.Management.Definitions;

namespace Ropeway.Management.Tests;

/// <summary>Imports that delete what is not in the document, as a client makes them: first the diff, then the import of its state.</summary>
internal static class Pruning
{
    public const string Diff = "/api/ropeway/definitions/diff?prune=true";

    public const string Import = "/api/ropeway/definitions?prune=true&if_state=";

    /// <summary>A document with the sections, empty, that a given one does not have.</summary>
    public static string Whole(string document)
    {
        JsonObject whole = JsonNode.Parse(document)!.AsObject();
        foreach (string section in DefinitionSections.All)
        {
            whole.TryAdd(section, new JsonArray());
        }

        return whole.ToJsonString();
    }

    /// <summary>Imports a document, made whole; what the broker answers.</summary>
    /// <param name="rig">The broker.</param>
    /// <param name="given">The document.</param>
    /// <param name="more">More of the query.</param>
    public static async Task<JsonElement> ImportAsync(ManagementRig rig, string given, string more = "")
    {
        string document = Whole(given);
        string state = (await rig.JsonAsync("POST", Diff + more, document)).GetProperty("state").GetString()!;
        using HttpResponseMessage done = await rig.SendAsync("POST", Import + state + more, document);
        string text = await done.Content.ReadAsStringAsync();
        Assert.True(done.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
