using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>Policies and operator policies over HTTP.</summary>
public sealed class PolicyTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private const string Body = """{"pattern":"^ttl","definition":{"message-ttl":60000},"priority":3,"apply-to":"queues"}""";

    [Theory]
    [InlineData("policies")]
    [InlineData("operator-policies")]
    public async Task Policy_PutListedDeleted_Works(string noun)
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", $"/api/{noun}/%2F/p1", Body));
        Assert.Equal(204, await rig.StatusAsync("PUT", $"/api/{noun}/%2F/p1", Body));
        const string Shown = """{"vhost":"/","name":"p1","pattern":"^ttl","apply-to":"queues","definition":{"message-ttl":60000},"priority":3}""";
        Assert.Equal(Shown, (await rig.JsonAsync("GET", $"/api/{noun}/%2F/p1")).GetRawText());
        Assert.Contains(Shown, (await rig.JsonAsync("GET", $"/api/{noun}")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(204, await rig.StatusAsync("DELETE", $"/api/{noun}/%2F/p1"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", $"/api/{noun}/%2F/p1"));
        Assert.Equal(404, await rig.StatusAsync("GET", $"/api/{noun}/%2F/p1"));
    }

    [Theory]
    [InlineData("""{"pattern":"^a","definition":{}}""", "no policy provided")]
    [InlineData("""{"pattern":"(","definition":{"message-ttl":1}}""", "invalid")]
    [InlineData("""{"pattern":"a","definition":{"nosuch":1}}""", "nosuch")]
    [InlineData("""{"pattern":"a","definition":{"message-ttl":1},"apply-to":"nothing"}""", "apply-to 'nothing'")]
    [InlineData("""{"pattern":"a","definition":{"message-ttl":1},"priority":"x"}""", "'priority'")]
    [InlineData("""{"definition":{"message-ttl":1}}""", "key_missing,pattern")]
    public async Task Policy_ThatIsWrong_IsRefusedWithTheReason(string body, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("PUT", "/api/policies/%2F/bad", body);

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_OfAQueue_IsShownWithIt()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/shown-q", "{}");
        await rig.StatusAsync("PUT", "/api/policies/%2F/shown", """{"pattern":"^shown-","definition":{"message-ttl":60000}}""");
        await rig.StatusAsync("PUT", "/api/operator-policies/%2F/tight", """{"pattern":"^shown-","definition":{"message-ttl":1000}}""");
        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/shown-q");

        Assert.Equal(("shown", "tight"), (queue.GetProperty("policy").GetString(), queue.GetProperty("operator_policy").GetString()));
        Assert.Equal(1000, queue.GetProperty("effective_policy_definition").GetProperty("message-ttl").GetInt32());
    }

    [Theory]
    [InlineData("management", "policies", 401)]
    [InlineData("monitoring", "policies", 401)]
    [InlineData("policymaker", "policies", 404)]
    [InlineData("policymaker", "operator-policies", 401)]
    public async Task Policies_ListedForEverybody_NeedTheirTagOtherwise(string tag, string noun, int status)
    {
        string login = $"{tag}-{noun}:{tag}-{noun}";
        rig.AddUser($"{tag}-{noun}", tag);

        Assert.Equal(200, await rig.StatusAsync("GET", $"/api/{noun}", login: login));
        Assert.Equal(200, await rig.StatusAsync("GET", $"/api/{noun}/%2F", login: login));
        Assert.Equal(status, await rig.StatusAsync("GET", $"/api/{noun}/%2F/none", login: login));
        Assert.Equal(status, await rig.StatusAsync("DELETE", $"/api/{noun}/%2F/none", login: login));
    }

    [Fact]
    public async Task Policies_ExportedAndImported_AreTheSame()
    {
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", """
            {"vhosts":[{"name":"moved"}],
             "permissions":[{"user":"guest","vhost":"moved","configure":".*","write":".*","read":".*"}],
             "policies":[{"vhost":"moved","name":"p","pattern":"^a","apply-to":"queues","definition":{"message-ttl":5},"priority":1}],
             "parameters":[{"component":"operator_policy","vhost":"moved","name":"o","value":{"pattern":"^b","apply-to":"queues","definition":{"message-ttl":6},"priority":0}},
                           {"component":"shovel","vhost":"moved","name":"s","value":{}}]}
            """));
        Assert.Equal(5, (await rig.JsonAsync("GET", "/api/policies/moved/p")).GetProperty("definition").GetProperty("message-ttl").GetInt32());
        Assert.Equal(6, (await rig.JsonAsync("GET", "/api/operator-policies/moved/o")).GetProperty("definition").GetProperty("message-ttl").GetInt32());
        string export = (await rig.JsonAsync("GET", "/api/definitions/moved")).GetRawText();
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/vhosts/moved2"));
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions/moved2", export));
        Assert.Equal(6, (await rig.JsonAsync("GET", "/api/operator-policies/moved2/o")).GetProperty("definition").GetProperty("message-ttl").GetInt32());
    }
}
