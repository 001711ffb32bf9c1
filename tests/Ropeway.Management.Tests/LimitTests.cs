using System.Text.Json;
using Ropeway.Core.Limits;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Tests;

/// <summary>Limits of virtual hosts and users over HTTP. Texts and codes are those of RabbitMQ 3.10.8.</summary>
public sealed class LimitTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task HostLimits_SetAndDeleted_HoldAndAreListed()
    {
        rig.Broker.VirtualHosts.Create("limited", out VirtualHost host);
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/vhost-limits/limited/max-connections", """{"value":10}"""));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/vhost-limits/limited/max-queues", """{"value":-1}"""));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/vhost-limits/limited/max-ready-messages", """{"value":1000000}"""));
        Assert.Equal(new VirtualHostLimits(ConnectionsMax: 10, QueuesMax: -1, ReadyMessagesMax: 1_000_000), host.Limits);

        // Monitoring sees hosts that it may not enter; for others this is what permissions are for.
        rig.AddUser("seer", "monitoring");
        const string Expected = """{"vhost":"limited","value":{"max-connections":10,"max-queues":-1,"max-ready-messages":1000000}}""";
        Assert.Contains(Expected, (await rig.JsonAsync("GET", "/api/vhost-limits", login: "seer:seer")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal($"[{Expected}]", (await rig.JsonAsync("GET", "/api/vhost-limits/limited", login: "seer:seer")).GetRawText());
        rig.AddUser("unseeing", "policymaker");
        Assert.Equal(401, await rig.StatusAsync("GET", "/api/vhost-limits/limited", login: "unseeing:unseeing"));
        Assert.DoesNotContain("limited", (await rig.JsonAsync("GET", "/api/vhost-limits", login: "unseeing:unseeing")).GetRawText(), StringComparison.Ordinal);

        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/vhost-limits/limited/max-queues"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/vhost-limits/limited/max-ready-messages"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/vhost-limits/limited/nosuch"));
        Assert.Equal(new VirtualHostLimits(ConnectionsMax: 10), host.Limits);
    }

    [Fact]
    public async Task UserLimits_SetAndDeleted_HoldAndAreListed()
    {
        rig.AddUser("bounded", "management");
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/user-limits/bounded/max-connections", """{"value":10}"""));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/user-limits/bounded/max-channels", """{"value":11}"""));
        Assert.Equal(new UserLimits(ConnectionsMax: 10, ChannelsMax: 11), rig.Broker.LimitsOfUsers.Get("bounded"));
        Assert.Equal("""[{"user":"bounded","value":{"max-connections":10,"max-channels":11}}]""", (await rig.JsonAsync("GET", "/api/user-limits/bounded", login: "bounded:bounded")).GetRawText());
        Assert.Contains("\"bounded\"", (await rig.JsonAsync("GET", "/api/user-limits")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal("""{"max-connections":10,"max-channels":11}""", (await rig.JsonAsync("GET", "/api/users/bounded")).GetProperty("limits").GetRawText());

        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/user-limits/bounded/max-connections"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/user-limits/bounded/nosuch"));
        Assert.Equal(new UserLimits(ChannelsMax: 11), rig.Broker.LimitsOfUsers.Get("bounded"));
    }

    [Theory]
    [InlineData("/api/vhost-limits/%2F/max-queues", """{"value":"x"}""", 400, "max-queues should be a number, actually was <<\"x\">>")]
    [InlineData("/api/vhost-limits/%2F/max-queues", """{"value":1.5}""", 400, "max-queues should be a number, actually was 1.5")]
    [InlineData("/api/vhost-limits/%2F/max-queues", """{"value":null}""", 400, "max-queues should be a number, actually was null")]
    [InlineData("/api/vhost-limits/%2F/max-queues", "{}", 400, "[{key_missing,value}]")]
    [InlineData("/api/vhost-limits/%2F/nosuch", """{"value":1}""", 400, "Unrecognised terms [{<<\"nosuch\">>,1}] in limits")]
    [InlineData("/api/vhost-limits/none/max-queues", """{"value":1}""", 404, "vhost_not_found")]
    [InlineData("/api/user-limits/guest/max-channels", """{"value":"x"}""", 400, "max-channels should be a number, actually was <<\"x\">>")]
    [InlineData("/api/user-limits/guest/max-queues", """{"value":11}""", 400, "Unrecognised terms [{<<\"max-queues\">>,11}] in user-limits")]
    [InlineData("/api/user-limits/none/max-channels", """{"value":11}""", 400, "no_such_user: none")]
    public async Task Limit_ThatIsWrong_IsRefusedWithTheReason(string path, string body, int expected, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("PUT", path, body);

        Assert.Equal((expected, reason), (status, text));
    }

    [Theory]
    [InlineData("management")]
    [InlineData("policymaker")]
    [InlineData("monitoring")]
    public async Task Limit_ChangedByOtherThanAdministrators_IsRefused(string tag)
    {
        rig.AddUser(tag, tag);
        foreach (string path in (string[])["/api/vhost-limits/%2F/max-queues", $"/api/user-limits/{tag}/max-channels"])
        {
            Assert.Equal((401, "not_authorised", "Not administrator user"), await rig.RefusalAsync("PUT", path, """{"value":1}""", $"{tag}:{tag}"));
            Assert.Equal(401, await rig.StatusAsync("DELETE", path, login: $"{tag}:{tag}"));
        }
    }

    [Fact]
    public async Task Lists_OfWhatIsNotThere_Are404()
    {
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/vhost-limits/none"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/user-limits/none"));
        Assert.Equal(0, (await rig.JsonAsync("GET", "/api/vhost-limits/%2F")).GetArrayLength());
    }

    [Fact]
    public async Task Definitions_WithLimits_AreImportedAndExportedAsRabbitMqDoes()
    {
        const string Parameter = """{"component":"vhost-limits","vhost":"portable","name":"limits","value":{"max-connections":5}}""";
        string document = $$$"""
            {"users":[{"name":"traveller","password_hash":"","tags":[],"limits":{"max-channels":7}}],"vhosts":[{"name":"portable"}],
             "parameters":[{{{Parameter}}}],"global_parameters":[{"name":"internal_cluster_id","value":"x"}]}
            """;
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", document));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/vhost-limits/portable/max-queues", """{"value":3}"""));
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", document));

        JsonElement export = await rig.JsonAsync("GET", "/api/definitions");
        Assert.Contains(Parameter, export.GetProperty("parameters").GetRawText(), StringComparison.Ordinal); // Replaced as a whole.
        JsonElement user = export.GetProperty("users").EnumerateArray().Single(user => user.GetProperty("name").GetString() == "traveller");
        Assert.Equal("""{"max-channels":7}""", user.GetProperty("limits").GetRawText());
    }

    [Fact]
    public async Task Parameters_OfAHost_AreItsLimitsAndOperatorPolicies()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/vhosts/parametric"));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/vhost-limits/parametric/max-queues", """{"value":3}"""));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/operator-policies/parametric/o", """{"pattern":"^a","definition":{"max-length":4}}"""));
        const string Limits = """{"component":"vhost-limits","vhost":"parametric","name":"limits","value":{"max-queues":3}}""";

        Assert.Equal($"[{Limits}]", (await rig.JsonAsync("GET", "/api/parameters/vhost-limits/parametric")).GetRawText());
        Assert.Contains("\"component\":\"operator_policy\",\"vhost\":\"parametric\"", (await rig.JsonAsync("GET", "/api/parameters")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, (await rig.JsonAsync("GET", "/api/parameters/shovel")).GetArrayLength());
    }

    [Theory]
    [InlineData("""{"parameters":[{"component":"vhost-limits","vhost":"/","name":"limits","value":{"max-cows":5}}]}""", "parameters[0] 'limits': Unrecognised terms")]
    [InlineData("""{"users":[{"name":"u","tags":"","limits":{"max-cows":5}}]}""", "users[0] 'u': Unrecognised terms")]
    public async Task Definitions_WithUnknownLimits_AreRefused(string document, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("POST", "/api/definitions", document);

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }
}
