using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>What an import would change, and importing only what was seen.</summary>
public sealed class DefinitionDiffTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private const string Diff = "/api/ropeway/definitions/diff";
    private const string Import = "/api/ropeway/definitions?if_state=";

    [Fact]
    public async Task Diff_TellsWhatWouldBeAddedChangedAndRefused_AndChangesNothing()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/same", """{"durable":true,"arguments":{"x-max-length":5}}""");
        await rig.StatusAsync("PUT", "/api/policies/%2F/short", """{"pattern":"^a","definition":{"max-length":5}}""");
        await rig.StatusAsync("PUT", "/api/users/ada", """{"password":"secret","tags":"management"}""");
        await rig.StatusAsync("PUT", "/api/permissions/%2F/ada", """{"configure":"","write":"","read":".*"}""");
        await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.topic/q/same", """{"routing_key":"a"}""");

        JsonElement diff = await rig.JsonAsync("POST", Diff, """
            {"users":[{"name":"ada","password":"other","tags":"monitoring"}],
             "permissions":[{"user":"ada","vhost":"/","configure":"","write":"^a","read":".*"}],
             "parameters":[{"component":"federation-upstream","vhost":"/","name":"up","value":{}}],
             "policies":[{"vhost":"/","name":"short","pattern":"^a","definition":{"max-length":7,"overflow":"reject-publish"}}],
             "queues":[{"name":"same","vhost":"/","durable":true,"arguments":{"x-max-length":5}},{"name":"new","vhost":"/","durable":true},{"name":"lost","vhost":"none","durable":true},{"name":"same","vhost":"/","durable":false}],
             "bindings":[{"source":"amq.topic","vhost":"/","destination":"same","destination_type":"queue","routing_key":"a"},{"source":"amq.topic","vhost":"/","destination":"new","destination_type":"queue","routing_key":"b"}]}
            """);

        Assert.Equal(
            [
                "users[0] ada change: tags \"management\" -> \"monitoring\", password  -> ",
                "permissions[0] ada change: write \"\" -> \"^a\"",
                "parameters[0] up ignored: ",
                "policies[0] short change: definition.max-length 5 -> 7, definition.overflow  -> \"reject-publish\"",
                "queues[1] new add: ",
                "queues[2] lost refused: no_such_vhost 'none'",
                "queues[3] same refused: inequivalent arg 'durable' for queue 'same' in vhost '/': received 'false' but current is 'true'",
                "bindings[1] amq.topic to new, b add: ",
            ],
            diff.GetProperty("entries").EnumerateArray().Select(TextOf));
        Assert.Equal("2 3 2 2 1", string.Join(' ', new[] { "add", "change", "same", "refused", "ignored" }.Select(count => diff.GetProperty(count).GetInt32())));
        Assert.DoesNotContain("secret", diff.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/queues/%2F/new"));
        Assert.Equal(5, (await rig.JsonAsync("GET", "/api/policies/%2F/short")).GetProperty("definition").GetProperty("max-length").GetInt32());
    }

    [Fact]
    public async Task Import_OfWhatWasSeen_HoldsAndThenDiffersInNothing()
    {
        const string Document = """{"queues":[{"name":"seen","vhost":"/","durable":true}],"policies":[{"vhost":"/","name":"seen","pattern":"^seen$","definition":{"max-length":7}}]}""";
        string state = (await rig.JsonAsync("POST", Diff, Document)).GetProperty("state").GetString()!;

        Assert.Equal(200, await rig.StatusAsync("POST", Import + state, Document));

        JsonElement again = await rig.JsonAsync("POST", Diff, Document);
        Assert.Equal((0, 2), (again.GetProperty("add").GetInt32() + again.GetProperty("change").GetInt32(), again.GetProperty("same").GetInt32()));
        Assert.NotEqual(state, again.GetProperty("state").GetString());
        Assert.Equal("import definitions", (await rig.JsonAsync("GET", "/api/ropeway/audit")).EnumerateArray().Select(act => act.GetProperty("act").GetString()).First());
    }

    [Theory]
    [InlineData("PUT", "/api/policies/%2F/moved", """{"pattern":"^b","definition":{"max-length":7}}""")]
    [InlineData("PUT", "/api/queues/%2F/moved", "{}")]
    public async Task Import_WhenTheStateHasChanged_IsRefusedWithTheNewDiff(string method, string path, string change)
    {
        const string Document = """{"queues":[{"name":"moved","vhost":"/","durable":false}],"policies":[{"vhost":"/","name":"moved","pattern":"^a","definition":{"max-length":7}}]}""";
        await rig.StatusAsync("DELETE", "/api/queues/%2F/moved");
        await rig.StatusAsync("PUT", "/api/policies/%2F/moved", """{"pattern":"^a","definition":{"max-length":5}}""");
        string state = (await rig.JsonAsync("POST", Diff, Document)).GetProperty("state").GetString()!;
        await rig.StatusAsync(method, path, change);

        using HttpResponseMessage refused = await rig.SendAsync("POST", Import + state, Document);
        Assert.Equal(409, (int)refused.StatusCode);
        string now = JsonSerializer.Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync()).GetProperty("state").GetString()!;

        Assert.NotEqual(state, now);
        Assert.Equal(200, await rig.StatusAsync("POST", Import + now, Document));
    }

    [Fact]
    public async Task Diff_IntoOneVirtualHost_LeavesUsersOut()
    {
        await rig.StatusAsync("PUT", "/api/vhosts/one");

        JsonElement diff = await rig.JsonAsync("POST", $"{Diff}?vhost=one", """{"users":[{"name":"no","tags":""}],"queues":[{"name":"only","vhost":"elsewhere"}]}""");

        Assert.Equal(("only", "one", 1), (diff.GetProperty("entries")[0].GetProperty("name").GetString(), diff.GetProperty("entries")[0].GetProperty("vhost").GetString(), diff.GetProperty("add").GetInt32()));
        Assert.Equal(400, await rig.StatusAsync("POST", Diff, "no JSON"));
        Assert.Equal(400, await rig.StatusAsync("POST", "/api/ropeway/definitions", "{}"));
    }

    private static string TextOf(JsonElement entry)
    {
        string rest = entry.GetProperty("reason").GetString() ?? string.Join(", ", entry.GetProperty("changes").EnumerateArray().Select(change => $"{change.GetProperty("field").GetString()} {change.GetProperty("old").GetString()} -> {change.GetProperty("new").GetString()}"));
        return $"{entry.GetProperty("section").GetString()}[{entry.GetProperty("index")}] {entry.GetProperty("name").GetString()} {entry.GetProperty("kind").GetString()}: {rest}";
    }
}
