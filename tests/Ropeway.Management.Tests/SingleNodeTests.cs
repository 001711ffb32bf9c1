using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>What RabbitMQ asks of clusters and plug-ins, and the parameters that stand for other things.</summary>
public sealed class SingleNodeTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Theory]
    [InlineData("POST", "/api/rebalance/queues", 204)]
    [InlineData("DELETE", "/api/reset", 204)]
    [InlineData("DELETE", "/api/reset/ropeway@test", 204)]
    [InlineData("DELETE", "/api/reset/other", 404)]
    [InlineData("PUT", "/api/feature-flags/quorum_queue/enable", 204)]
    [InlineData("PUT", "/api/feature-flags/nosuch/enable", 400)]
    [InlineData("POST", "/api/vhosts/%2F/start/ropeway@test", 204)]
    [InlineData("POST", "/api/vhosts/%2F/start/other", 400)]
    [InlineData("POST", "/api/vhosts/nosuch/start/ropeway@test", 404)]
    [InlineData("GET", "/api/healthchecks/node/ropeway@test", 200)]
    [InlineData("GET", "/api/healthchecks/node/other", 404)]
    [InlineData("GET", "/api/global-parameters/cluster_name", 200)]
    [InlineData("GET", "/api/global-parameters/nosuch", 404)]
    [InlineData("GET", "/api/all-configuration", 200)]
    [InlineData("GET", "/api/topic-permissions/%2F/guest/amq.topic", 404)]
    public async Task Request_OfOneNode_IsAnswered(string method, string path, int status) => Assert.Equal(status, await rig.StatusAsync(method, path));

    [Theory]
    [InlineData("/api/extensions", "[]")]
    [InlineData("/api/auth", """{"enable_uaa":false,"uaa_client_id":"","uaa_location":""}""")]
    [InlineData("/api/global-parameters", """[{"name":"cluster_name","value":"ropeway@test"}]""")]
    [InlineData("/api/health/checks/node-is-mirror-sync-critical", """{"status":"ok","reason":"single node cluster"}""")]
    [InlineData("/api/health/checks/node-is-quorum-critical", """{"status":"ok","reason":"single node cluster"}""")]
    [InlineData("/api/health/checks/protocol-listener/mqtt", """{"status":"failed","reason":"No active listener","missing":"mqtt","protocols":["http"]}""")]
    public async Task Request_OfOneNode_IsAnsweredWith(string path, string expected) => Assert.Equal(expected, (await rig.JsonAsync("GET", path)).GetRawText());

    [Fact]
    public async Task FeatureFlags_AreAllEnabled() =>
        Assert.All((await rig.JsonAsync("GET", "/api/feature-flags")).EnumerateArray(), flag => Assert.Equal("enabled", flag.GetProperty("state").GetString()));

    [Theory]
    [InlineData("""{"action":"sync"}""", 204)]
    [InlineData("""{"action":"cancel_sync"}""", 204)]
    [InlineData("""{"action":"dance"}""", 400)]
    [InlineData("{}", 400)]
    public async Task QueueAction_OfMirrors_HasNothingToDo(string body, int status)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/acting", "{}");

        Assert.Equal(status, await rig.StatusAsync("POST", "/api/queues/%2F/acting/actions", body));
        Assert.Equal(404, await rig.StatusAsync("POST", "/api/queues/%2F/nosuch/actions", body));
    }

    [Theory]
    [InlineData("vhost-limits", "limits", """{"max-queues":100}""", "/api/vhost-limits/%2F")]
    [InlineData("operator_policy", "op", """{"pattern":"^nosuch","definition":{"max-length":5},"priority":0,"apply-to":"queues"}""", "/api/operator-policies/%2F")]
    public async Task Parameter_ThatIsPut_HoldsUntilItIsDeleted(string component, string name, string value, string elsewhere)
    {
        string path = $"/api/parameters/{component}/%2F/{name}";
        string body = $$"""{"value":{{value}}}""";

        Assert.Equal(404, await rig.StatusAsync("GET", path));
        Assert.Equal((201, 204), (await rig.StatusAsync("PUT", path, body), await rig.StatusAsync("PUT", path, body)));
        JsonElement view = await rig.JsonAsync("GET", path);
        Assert.Equal((component, name, "/"), (view.GetProperty("component").GetString(), view.GetProperty("name").GetString(), view.GetProperty("vhost").GetString()));
        Assert.Equal(1, (await rig.JsonAsync("GET", elsewhere)).GetArrayLength());
        Assert.Equal((204, 404), (await rig.StatusAsync("DELETE", path), await rig.StatusAsync("DELETE", path)));
        Assert.Equal(0, (await rig.JsonAsync("GET", elsewhere)).GetArrayLength());
    }

    [Theory]
    [InlineData("/api/parameters/shovel/%2F/x", """{"value":{}}""")]
    [InlineData("/api/parameters/vhost-limits/%2F/other", """{"value":{"max-queues":1}}""")]
    [InlineData("/api/parameters/vhost-limits/%2F/limits", "{}")]
    public async Task Parameter_OfAnythingElse_IsRefused(string path, string body) => Assert.Equal(400, (await rig.RefusalAsync("PUT", path, body)).Status);

    [Fact]
    public async Task Parameter_ChangedByPolicyMaker_IsRefused()
    {
        rig.AddUser("maker", "policymaker");

        Assert.Equal(401, await rig.StatusAsync("PUT", "/api/parameters/vhost-limits/%2F/limits", """{"value":{"max-queues":1}}""", "maker:maker"));
    }

    [Fact]
    public async Task GlobalParameter_ChangedByPolicyMaker_IsTaken()
    {
        rig.AddUser("global-maker", "policymaker");
        rig.AddUser("global-viewer", "management");

        Assert.Equal(401, await rig.StatusAsync("PUT", "/api/global-parameters/theirs", """{"value":1}""", "global-viewer:global-viewer"));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/global-parameters/theirs", """{"value":1}""", "global-maker:global-maker"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/global-parameters/theirs", login: "global-maker:global-maker"));
    }

    [Fact]
    public async Task LoginSettings_AreToldBeforeTheLogin() => Assert.Equal(200, await rig.StatusAsync("GET", "/api/auth", login: null));

    [Fact]
    public async Task GlobalParameter_IsKeptAsItCame_AndExported()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/global-parameters/mine", """{"value":{"a":[1,"b"]}}"""));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/global-parameters/mine", """{"value":{"a":[2]}}"""));
        Assert.Equal("""{"name":"mine","value":{"a":[2]}}""", (await rig.JsonAsync("GET", "/api/global-parameters/mine")).GetRawText());
        Assert.Contains("""{"name":"mine","value":{"a":[2]}}""", (await rig.JsonAsync("GET", "/api/definitions")).GetProperty("global_parameters").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(400, await rig.StatusAsync("PUT", "/api/global-parameters/mine", "{}"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/global-parameters/mine"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/global-parameters/mine"));
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", """{"global_parameters":[{"name":"mine","value":"imported"}]}"""));
        Assert.Equal("imported", (await rig.JsonAsync("GET", "/api/global-parameters/mine")).GetProperty("value").GetString());
        await rig.StatusAsync("DELETE", "/api/global-parameters/mine");
    }

    [Fact]
    public async Task ClusterName_IsTheNodesUntilItIsSet()
    {
        Assert.Equal("ropeway@test", (await rig.JsonAsync("GET", "/api/cluster-name")).GetProperty("name").GetString());

        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/cluster-name", """{"name":"mine"}"""));

        Assert.Equal("mine", (await rig.JsonAsync("GET", "/api/overview")).GetProperty("cluster_name").GetString());
        Assert.Equal("mine", (await rig.JsonAsync("GET", "/api/global-parameters/cluster_name")).GetProperty("value").GetString());
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/global-parameters/cluster_name"));
        Assert.Equal("ropeway@test", (await rig.JsonAsync("GET", "/api/cluster-name")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task LoginAttempts_AreCountedByProtocol()
    {
        await rig.StatusAsync("GET", "/api/whoami", login: "guest:wrong");
        System.Text.Json.JsonElement http = (await rig.JsonAsync("GET", "/api/auth/attempts/ropeway%40test")).EnumerateArray().Single(one => one.GetProperty("protocol").GetString() == "http");

        Assert.True(http.GetProperty("auth_attempts_failed").GetInt64() > 0 && http.GetProperty("auth_attempts_succeeded").GetInt64() > 0);
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/auth/attempts/none"));
    }

    [Fact]
    public async Task Memory_PartsAddUpToTheProcess()
    {
        System.Text.Json.JsonElement memory = (await rig.JsonAsync("GET", "/api/nodes/ropeway%40test/memory")).GetProperty("memory");

        long sum = memory.EnumerateObject().Where(part => part.Value.ValueKind == System.Text.Json.JsonValueKind.Number).Sum(part => part.Value.GetInt64());
        Assert.Equal("rss", memory.GetProperty("strategy").GetString());
        Assert.True(sum >= memory.GetProperty("total").GetProperty("rss").GetInt64());
        Assert.Equal(100, (await rig.JsonAsync("GET", "/api/nodes/ropeway%40test/memory/relative")).GetProperty("memory").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("1/days", 200)]
    [InlineData("2/months", 200)]
    [InlineData("x/days", 400)]
    [InlineData("1/hours", 400)]
    public async Task CertificateExpiration_WithoutTls_IsFine(string within, int status) =>
        Assert.Equal(status, await rig.StatusAsync("GET", $"/api/health/checks/certificate-expiration/{within}"));
}
