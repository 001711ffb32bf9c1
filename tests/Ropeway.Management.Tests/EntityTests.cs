using System.Net;
using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Security;

namespace Ropeway.Management.Tests;

/// <summary>Virtual hosts, users, permissions, queues, exchanges and bindings over HTTP.</summary>
public sealed class EntityTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Theory]
    [InlineData("v1", "v1")]
    [InlineData("a%2Fb%25", "a/b%")]
    public async Task VirtualHost_PutTwiceAndDeleted_TellsNewFromOld(string path, string name)
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", $"/api/vhosts/{path}"));
        Assert.Equal(204, await rig.StatusAsync("PUT", $"/api/vhosts/{path}", "{}"));
        Assert.Equal(name, (await rig.JsonAsync("GET", $"/api/vhosts/{path}")).GetProperty("name").GetString());
        Assert.Equal(200, await rig.StatusAsync("GET", $"/api/queues/{path}")); // Who made it may enter it.
        Assert.Equal(204, await rig.StatusAsync("DELETE", $"/api/vhosts/{path}"));
        Assert.Equal(404, await rig.StatusAsync("GET", $"/api/vhosts/{path}"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", $"/api/vhosts/{path}"));
    }

    [Theory]
    [InlineData("queues")]
    [InlineData("exchanges")]
    public async Task Declare_NameWithALineBreak_NeedsThePermissionForTheNameThatItGets(string section)
    {
        rig.AddUser("otto", "management", configure: @"^otto\b");

        Assert.Equal(401, await rig.StatusAsync("PUT", $"/api/{section}/%2F/otto%0Aother", "{}", "otto:otto"));
        Assert.Equal(404, await rig.StatusAsync("GET", $"/api/{section}/%2F/ottoother"));
        Assert.Equal(201, await rig.StatusAsync("PUT", $"/api/{section}/%2F/otto%0D%0A.own", "{}", "otto:otto"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", $"/api/{section}/%2F/otto.own"));
    }

    [Fact]
    public async Task Queue_OutOfService_SaysWhy()
    {
        const string Reason = "the broker has failed in serving it and does so no more until the next start: bad luck";
        await rig.StatusAsync("PUT", "/api/queues/%2F/failed", "{}");
        Assert.Equal("running", (await rig.JsonAsync("GET", "/api/queues/%2F/failed")).GetProperty("state").GetString());
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        host.GetQueue("failed", owner: null).OnFault(new InvalidOperationException("bad luck"));

        JsonElement shown = await rig.JsonAsync("GET", "/api/queues/%2F/failed");
        Assert.Equal(("crashed", Reason), (shown.GetProperty("state").GetString(), shown.GetProperty("out_of_service").GetString()));
        Assert.Equal(
            (400, "bad_request", $"queue 'failed' in vhost '/' is out of service: {Reason}"),
            await rig.RefusalAsync("POST", "/api/queues/%2F/failed/get", """{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}"""));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/queues/%2F/failed"));
    }

    [Theory]
    [InlineData("quorum", "{}", "20")]
    [InlineData("quorum", """{"delivery-limit":7}""", "7")]
    [InlineData("quorum", """{"delivery-limit":-1}""", "\"unlimited\"")]
    [InlineData("classic", "{}", null)]
    public async Task Queue_ByItsType_TellsItsDeliveryLimit(string type, string policy, string? expected)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/limited", $$$"""{"durable":true,"arguments":{"x-queue-type":"{{{type}}}"}}""");
        if (policy != "{}")
        {
            Assert.Equal(201, await rig.StatusAsync("PUT", "/api/policies/%2F/limited", $$"""{"pattern":"^limited$","definition":{{policy}},"apply-to":"quorum_queues"}"""));
        }

        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/limited");

        Assert.Equal(expected, queue.TryGetProperty("delivery_limit", out JsonElement limit) ? limit.GetRawText() : null);
        await rig.StatusAsync("DELETE", "/api/queues/%2F/limited");
        await rig.StatusAsync("DELETE", "/api/policies/%2F/limited");
    }

    [Fact]
    public async Task VirtualHost_WithSettings_KeepsThem()
    {
        const string Body = """{"description":"orders","tags":"eu,production","default_queue_type":"quorum"}""";
        const string Shown = """{"description":"orders","tags":["eu","production"],"default_queue_type":"quorum"}""";
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/vhosts/described", Body));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/vhosts/described")); // Names nothing, so nothing changes.
        JsonElement host = await rig.JsonAsync("GET", "/api/vhosts/described");
        Assert.Equal(Shown, host.GetProperty("metadata").GetRawText());
        Assert.Equal(("orders", "quorum"), (host.GetProperty("description").GetString(), host.GetProperty("default_queue_type").GetString()));
        Assert.Equal(2, host.GetProperty("tags").GetArrayLength());

        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/described/q", """{"durable":true}"""));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/described/transient", "{}"));
        Assert.Equal("quorum", (await rig.JsonAsync("GET", "/api/queues/described/q")).GetProperty("type").GetString());
        Assert.Equal("classic", (await rig.JsonAsync("GET", "/api/queues/described/transient")).GetProperty("type").GetString());
        string export = (await rig.JsonAsync("GET", "/api/definitions")).GetProperty("vhosts").GetRawText();
        Assert.Contains($"\"metadata\":{Shown}", export, StringComparison.Ordinal);

        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/vhosts/described", """{"description":"only"}"""));
        Assert.Equal("""{"description":"only","tags":[]}""", (await rig.JsonAsync("GET", "/api/vhosts/described")).GetProperty("metadata").GetRawText());
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", $$"""{"vhosts":[{"name":"described","metadata":{{Shown}}}]}"""));
        Assert.Equal(Shown, (await rig.JsonAsync("GET", "/api/vhosts/described")).GetProperty("metadata").GetRawText());
    }

    [Theory]
    [InlineData("""{"default_queue_type":"nosuch"}""", "default_queue_type 'nosuch' is neither")]
    [InlineData("""{"description":1}""", "'description' must be a string")]
    [InlineData("""{"tags":1}""", "'tags' must be")]
    public async Task VirtualHost_WithBadSettings_IsNotMade(string body, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("PUT", "/api/vhosts/badly-set", body);

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/vhosts/badly-set"));
    }

    [Fact]
    public async Task Users_DeletedTogether_AreGoneOrAllThere()
    {
        rig.AddUser("bulk1", "management");
        rig.AddUser("bulk2", "management");
        Assert.Equal((400, "bad_request", "no_such_user: none"), await rig.RefusalAsync("POST", "/api/users/bulk-delete", """{"users":["bulk1","none"]}"""));
        Assert.Equal((400, "bad_request", "[{key_missing,users}]"), await rig.RefusalAsync("POST", "/api/users/bulk-delete", "{}"));
        Assert.Equal(401, await rig.StatusAsync("POST", "/api/users/bulk-delete", """{"users":["bulk1"]}""", "bulk2:bulk2"));
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/users/bulk1"));
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/users/bulk-delete", """{"users":["bulk1","bulk2"]}"""));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/users/bulk1"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/users/bulk2"));
    }

    [Theory]
    [InlineData("""{"password":"p","tags":"management,monitoring"}""")]
    [InlineData("""{"password":"p","tags":["management","monitoring"]}""")]
    public async Task User_WithPassword_LogsIn(string body)
    {
        string name = $"user{body.Length}";
        Assert.Equal(201, await rig.StatusAsync("PUT", $"/api/users/{name}", body));
        Assert.Equal(204, await rig.StatusAsync("PUT", $"/api/users/{name}", body));
        JsonElement user = await rig.JsonAsync("GET", $"/api/users/{name}");
        Assert.Equal(["management", "monitoring"], user.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/nodes", login: $"{name}:p"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", $"/api/users/{name}"));
        Assert.Equal(401, await rig.StatusAsync("GET", "/api/nodes", login: $"{name}:p"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", $"/api/users/{name}"));
    }

    [Fact]
    public async Task User_WithRabbitMqsHash_LogsInBeforeAndAfterItsReplacement()
    {
        const string Hash = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/users/taken", $$"""{"password_hash":"{{Hash}}","tags":"management"}"""));
        Assert.Equal(Hash, (await rig.JsonAsync("GET", "/api/users/taken")).GetProperty("password_hash").GetString());
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/whoami", login: "taken:test12"));
        JsonElement after = await rig.JsonAsync("GET", "/api/users/taken");
        Assert.NotEqual(Hash, after.GetProperty("password_hash").GetString());
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/users/taken", after.GetRawText())); // What is exported can be put back.
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/whoami", login: "taken:test12"));
    }

    [Theory]
    [InlineData("{}", "tags_not_present")]
    [InlineData("""{"tags":1}""", "'tags'")]
    [InlineData("""{"tags":"","password":1}""", "'password'")]
    [InlineData("""{"tags":"","password":"x","password_hash":"y"}""", "both_password_and_password_hash_are_provided")]
    [InlineData("""{"tags":"","password_hash":"!!"}""", "not_base64")]
    [InlineData("""{"tags":"","password_hash":"AAAA"}""", "rabbit_password_hashing_sha256")]
    [InlineData("""{"tags":"","password_hash":"AAAA","hashing_algorithm":"rabbit_password_hashing_md5"}""", "'rabbit_password_hashing_md5' is not supported")]
    public async Task User_WithBadBody_IsRefusedWithTheReason(string body, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("PUT", "/api/users/bad", body);

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/users/bad"));
    }

    [Fact]
    public async Task Permission_PutAndDeleted_IsListedEverywhere()
    {
        rig.AddUser("permitted", "management");
        rig.Broker.VirtualHosts.Create("pv", out _);
        const string Body = """{"configure":"^a","write":".*","read":""}""";
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/permissions/pv/permitted", Body));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/permissions/pv/permitted", Body));
        foreach (string path in (string[])["/api/permissions/pv/permitted", "/api/vhosts/pv/permissions", "/api/users/permitted/permissions", "/api/permissions"])
        {
            Assert.Contains("""{"user":"permitted","vhost":"pv","configure":"^a","write":".*","read":""}""", (await rig.JsonAsync("GET", path)).GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/permissions/pv/permitted"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", "/api/permissions/pv/permitted"));
    }

    [Fact]
    public async Task TopicPermission_PutAndDeleted_IsListedEverywhere()
    {
        rig.AddUser("topical", "management");
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/topic-permissions/%2F/topical"));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/topic-permissions/%2F/topical", """{"exchange":"amq.topic","write":"^a","read":""}"""));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/topic-permissions/%2F/topical", """{"exchange":"t2","write":"^a","read":""}"""));
        foreach (string path in (string[])["/api/topic-permissions/%2F/topical", "/api/vhosts/%2F/topic-permissions", "/api/users/topical/topic-permissions", "/api/topic-permissions"])
        {
            Assert.Contains("""{"user":"topical","vhost":"/","exchange":"t2","write":"^a","read":""}""", (await rig.JsonAsync("GET", path)).GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(400, await rig.StatusAsync("PUT", "/api/topic-permissions/%2F/nobody", """{"exchange":"t2","write":"","read":""}"""));
        Assert.Equal(400, await rig.StatusAsync("PUT", "/api/topic-permissions/%2F/topical", """{"exchange":"t2","write":"(","read":""}"""));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/topic-permissions/%2F/topical/t2"));
        Assert.Equal(1, (await rig.JsonAsync("GET", "/api/topic-permissions/%2F/topical")).GetArrayLength());
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/topic-permissions/%2F/topical"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", "/api/topic-permissions/%2F/topical"));
    }

    [Theory]
    [InlineData("/api/permissions/%2F/nobody", """{"configure":"","write":"","read":""}""", "vhost_or_user_not_found")]
    [InlineData("/api/permissions/nosuch/guest", """{"configure":"","write":"","read":""}""", "vhost_or_user_not_found")]
    [InlineData("/api/permissions/%2F/guest", """{"configure":"(","write":"","read":""}""", "invalid_regexp")]
    [InlineData("/api/permissions/%2F/guest", """{"configure":"","read":""}""", "key_missing,write")]
    public async Task Permission_ThatIsWrong_IsRefusedWithTheReason(string path, string body, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("PUT", path, body);

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_DeclaredInspectedPurgedDeleted_Works()
    {
        const string Body = """{"durable":true,"arguments":{"x-queue-mode":"lazy","x-unknown":{"deep":[1,2.5,true,null]}}}""";
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/q%2F1", Body));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/queues/%2F/q%2F1", Body));
        Assert.Equal(
            (400, "bad_request", "inequivalent arg 'durable' for queue 'q/1' in vhost '/': received 'false' but current is 'true'"),
            await rig.RefusalAsync("PUT", "/api/queues/%2F/q%2F1", "{}"));
        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/q%2F1");
        Assert.Equal(("q/1", "classic", 0), (queue.GetProperty("name").GetString(), queue.GetProperty("type").GetString(), queue.GetProperty("messages").GetInt32()));
        Assert.Equal("""{"x-queue-mode":"lazy","x-unknown":{"deep":[1,2.5,true,null]}}""", queue.GetProperty("arguments").GetRawText());
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/queues/%2F/q%2F1/contents"));
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/queues/%2F/q%2F1?if-empty=true&if-unused=true"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", "/api/queues/%2F/q%2F1"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", "/api/queues/%2F/q%2F1/contents"));
    }

    [Fact]
    public async Task Queue_WithNumbersInArguments_IsTheSameAsOverAmqp()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/numbers", """{"arguments":{"x-expires":60000,"x-other":1.5}}"""));
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host) && host.TryGetQueue("numbers", out Queue? queue)
            && queue.Settings.Arguments is { } arguments && arguments["x-expires"] is 60000L && arguments["x-other"] is 1.5);
    }

    [Fact]
    public async Task Queue_WithoutPermission_IsRefusedAsOverAmqp()
    {
        rig.AddUser("limited", "management", configure: "^mine", write: "^mine", read: "^mine");
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/theirs", "{}"));
        Assert.Equal((401, "not_authorised", "Access refused."), await rig.RefusalAsync("PUT", "/api/queues/%2F/other", "{}", "limited:limited"));
        Assert.Equal(401, await rig.StatusAsync("DELETE", "/api/queues/%2F/theirs", login: "limited:limited"));
        Assert.Equal(401, await rig.StatusAsync("DELETE", "/api/queues/%2F/theirs/contents", login: "limited:limited"));
        Assert.Equal(401, await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.direct/q/theirs", "{}", "limited:limited"));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/mine", "{}", "limited:limited"));
    }

    [Fact]
    public async Task Declaration_NamingAnotherExchange_NeedsRightsThereAsOverAmqp()
    {
        rig.AddUser("linker", "management", configure: "^mine", write: "^mine", read: "^mine");
        Assert.Equal(401, await rig.StatusAsync("PUT", "/api/queues/%2F/mine-q", """{"arguments":{"x-dead-letter-exchange":"amq.fanout"}}""", "linker:linker"));
        Assert.Equal(401, await rig.StatusAsync("PUT", "/api/exchanges/%2F/mine-x", """{"arguments":{"alternate-exchange":"amq.fanout"}}""", "linker:linker"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/queues/%2F/mine-q"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/exchanges/%2F/mine-x"));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/exchanges/%2F/mine-x", """{"arguments":{"alternate-exchange":"mine-y"}}""", "linker:linker"));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/mine-q", """{"arguments":{"x-dead-letter-exchange":"mine-x"}}""", "linker:linker"));
    }

    [Fact]
    public async Task Binding_WithForbiddenTopic_IsRefusedAsOverAmqp()
    {
        rig.AddUser("topics", "management");
        rig.Broker.Permissions.Topics.TrySet(new TopicGrant("topics", "/", "topics", "", "^public"), out _, out _);
        await rig.StatusAsync("PUT", "/api/queues/%2F/topics", "{}");
        await rig.StatusAsync("PUT", "/api/exchanges/%2F/topics", """{"type":"topic"}""");
        Assert.Equal(401, await rig.StatusAsync("POST", "/api/bindings/%2F/e/topics/q/topics", """{"routing_key":"#"}""", "topics:topics"));
        Assert.Equal(201, await rig.StatusAsync("POST", "/api/bindings/%2F/e/topics/q/topics", """{"routing_key":"public.#"}""", "topics:topics"));
        Assert.Equal(201, await rig.StatusAsync("POST", "/api/bindings/%2F/e/topics/q/topics", """{"routing_key":"#"}"""));
        Assert.Equal(401, await rig.StatusAsync("DELETE", "/api/bindings/%2F/e/topics/q/topics/%2523", login: "topics:topics"));
    }

    [Theory]
    [InlineData("/api/queues/%2F/nosuch/bindings")]
    [InlineData("/api/bindings/%2F/e/amq.topic/nosuch/q")]
    public async Task Bindings_OfWhatIsNotThere_AreNotFound(string path) => Assert.Equal(404, await rig.StatusAsync("GET", path));

    [Fact]
    public async Task Exchange_DeclaredTwiceDifferently_IsRefused()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/exchanges/%2F/ex", """{"type":"topic","durable":true}"""));
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/exchanges/%2F/ex", """{"type":"topic","durable":true}"""));
        Assert.Equal(
            (400, "bad_request", "inequivalent arg 'type' for exchange 'ex' in vhost '/': received 'direct' but current is 'topic'"),
            await rig.RefusalAsync("PUT", "/api/exchanges/%2F/ex", """{"type":"direct","durable":true}"""));
        Assert.Equal((400, "bad_request", "unknown exchange type 'nosuch'"), await rig.RefusalAsync("PUT", "/api/exchanges/%2F/ey", """{"type":"nosuch"}"""));
        Assert.Equal("topic", (await rig.JsonAsync("GET", "/api/exchanges/%2F/ex")).GetProperty("type").GetString());
        Assert.Equal(string.Empty, (await rig.JsonAsync("GET", "/api/exchanges/%2F/amq.default")).GetProperty("name").GetString());
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/exchanges/%2F/ex"));
        Assert.Equal(401, await rig.StatusAsync("DELETE", "/api/exchanges/%2F/amq.direct"));
    }

    [Fact]
    public async Task Binding_PostedFoundDeleted_ByItsPropertiesKey()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/bq", "{}");
        using HttpResponseMessage first = await rig.SendAsync("POST", "/api/bindings/%2F/e/amq.topic/q/bq", """{"routing_key":"a.b/c"}""");
        using HttpResponseMessage second = await rig.SendAsync("POST", "/api/bindings/%2F/e/amq.topic/q/bq", """{"routing_key":"a.b/c","arguments":{"x":1}}""");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal("bq/a.b%252Fc", first.Headers.Location!.OriginalString);
        Assert.StartsWith("bq/a.b%252Fc~", second.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(3, (await rig.JsonAsync("GET", "/api/queues/%2F/bq/bindings")).GetArrayLength()); // With the default exchange's.
        Assert.Equal(2, (await rig.JsonAsync("GET", "/api/bindings/%2F/e/amq.topic/q/bq")).GetArrayLength());
        Assert.Equal(2, (await rig.JsonAsync("GET", "/api/exchanges/%2F/amq.topic/bindings/source")).GetArrayLength());
        Assert.Equal("a.b/c", (await rig.JsonAsync("GET", $"/api/bindings/%2F/e/amq.topic/q/{second.Headers.Location.OriginalString}")).GetProperty("routing_key").GetString());
        Assert.Equal(204, await rig.StatusAsync("DELETE", $"/api/bindings/%2F/e/amq.topic/q/{second.Headers.Location.OriginalString}"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", $"/api/bindings/%2F/e/amq.topic/q/{second.Headers.Location.OriginalString}"));
        Assert.Equal(1, (await rig.JsonAsync("GET", "/api/bindings/%2F/e/amq.topic/q/bq")).GetArrayLength());
        Assert.Equal((404, "not_found", "no queue 'none' in vhost '/'"), await rig.RefusalAsync("POST", "/api/bindings/%2F/e/amq.topic/q/none", "{}"));
        Assert.Equal(201, await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.topic/e/amq.fanout", "{}"));
        Assert.Equal("exchange", (await rig.JsonAsync("GET", "/api/exchanges/%2F/amq.fanout/bindings/destination"))[0].GetProperty("destination_type").GetString());
    }

    [Fact]
    public async Task Binding_NamedByItsRoutingKey_IsFoundAfterThoseNamedByTheirPropertiesKey()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/keyed", "{}"));
        foreach (string key in (string[])["%23", "#", string.Empty])
        {
            Assert.Equal(201, await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.direct/q/keyed", $$"""{"routing_key":"{{key}}"}"""));
        }

        // The properties key of '#' is '%23', which is also the routing key of another binding.
        Assert.Equal("#", (await rig.JsonAsync("GET", "/api/bindings/%2F/e/amq.direct/q/keyed/%2523")).GetProperty("routing_key").GetString());
        Assert.Equal("#", (await rig.JsonAsync("GET", "/api/bindings/%2F/e/amq.direct/q/keyed/%23")).GetProperty("routing_key").GetString());
        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/bindings/%2F/e/amq.direct/q/keyed/%23"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", "/api/bindings/%2F/e/amq.direct/q/keyed/%23"));
        Assert.Equal(string.Empty, (await rig.JsonAsync("GET", "/api/bindings/%2F/e/amq.direct/q/keyed/~")).GetProperty("routing_key").GetString());
    }
}
