using System.Text.Json;
using Ropeway.Core.Resources;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Tests;

/// <summary>Publishing and getting messages over HTTP. Texts and codes are those of RabbitMQ 3.10.8 where a test gives them whole.</summary>
public sealed class MessageTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private const string Publish = "/api/exchanges/%2F/amq.default/publish";

    [Fact]
    public async Task Message_PublishedAndGot_IsTheSame()
    {
        const string Properties = """
            {"content_type":"text/plain","content_encoding":"ce","headers":{"a":1,"b":"x","c":[1,2],"d":1.5,"e":true,"f":{"g":1}},"delivery_mode":2,"priority":3,"correlation_id":"c","reply_to":"r","expiration":"60000","message_id":"m","timestamp":5,"type":"t","user_id":"guest","app_id":"a","cluster_id":"k"}
            """;
        await DeclareAsync("whole");
        Assert.True(await PublishAsync("whole", "h\u00e9llo", properties: Properties));
        Assert.Equal(201, await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.topic/q/whole", """{"routing_key":"a.*"}"""));
        Assert.Equal("""{"routed":true}""", (await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.topic/publish", """{"properties":[],"routing_key":"a.b","payload":"AP8B","payload_encoding":"base64"}""")).GetRawText());

        JsonElement got = await GetAsync("whole", count: 5, "ack_requeue_false");
        Assert.Equal(2, got.GetArrayLength());
        JsonElement first = got[0];
        Assert.Equal(("h\u00e9llo", "string", 6), (Text(first, "payload"), Text(first, "payload_encoding"), first.GetProperty("payload_bytes").GetInt32()));
        Assert.Equal((string.Empty, "whole", 1), (Text(first, "exchange"), Text(first, "routing_key"), first.GetProperty("message_count").GetInt32()));
        Assert.False(first.GetProperty("redelivered").GetBoolean());
        Assert.Equal(Properties.Trim(), first.GetProperty("properties").GetRawText());
        Assert.Equal(("AP8B", "base64", "amq.topic", "a.b"), (Text(got[1], "payload"), Text(got[1], "payload_encoding"), Text(got[1], "exchange"), Text(got[1], "routing_key")));
        Assert.Equal("{}", got[1].GetProperty("properties").GetRawText());
        Assert.Equal(0, (await GetAsync("whole", count: 1, "ack_requeue_false")).GetArrayLength());
    }

    [Fact]
    public async Task Publish_WithMorePropertiesThanAFrameHolds_IsRefused()
    {
        await DeclareAsync("frames");
        string longHeader = new('h', 128 * 1024);

        (int status, _, string reason) = await rig.RefusalAsync("POST", Publish, $$$"""{"properties":{"headers":{"h":"{{{longHeader}}}"}},"routing_key":"frames","payload":"x","payload_encoding":"string"}""");

        Assert.Equal(400, status);
        Assert.StartsWith("properties of", reason, StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync("frames", count: 1, "ack_requeue_false")).GetArrayLength());
    }

    [Fact]
    public async Task Publish_ThatLeadsNowhere_SaysSo() => Assert.False(await PublishAsync("no such queue", "x"));

    [Theory]
    [InlineData("ack_requeue_true")]
    [InlineData("reject_requeue_true")]
    public async Task Get_WithRequeue_LeavesTheMessagesInTheirOrder(string mode)
    {
        string name = $"kept by {mode}";
        await DeclareAsync(name);
        await PublishAsync(name, "1");
        await PublishAsync(name, "2");

        Assert.Equal(["1", "2"], Payloads(await GetAsync(name, count: 2, mode)));
        JsonElement again = await GetAsync(name, count: 9, mode);
        Assert.Equal(["1", "2"], Payloads(again));
        Assert.True(again[0].GetProperty("redelivered").GetBoolean());
        JsonElement queue = await rig.JsonAsync("GET", $"/api/queues/%2F/{Uri.EscapeDataString(name)}");
        Assert.Equal((2, 0), (queue.GetProperty("messages_ready").GetInt32(), queue.GetProperty("messages_unacknowledged").GetInt32()));
    }

    [Fact]
    public async Task Get_WithRequeueFromAQueueThatRetriesLater_ShowsTheMessageAsDelayed()
    {
        await DeclareAsync("retrying", """{"x-delayed-retry-type":"returned","x-delayed-retry-min":3600000,"x-delayed-retry-jitter":5,"x-sequence-header":true,"x-message-deduplication":true,"x-cache-ttl":60000,"x-message-groups":true}""");
        await PublishAsync("retrying", "1");
        await GetAsync("retrying", count: 1, "ack_requeue_true");

        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/retrying");

        Assert.Equal((1, 0, 0, 1), (queue.GetProperty("messages").GetInt32(), queue.GetProperty("messages_ready").GetInt32(), queue.GetProperty("messages_unacknowledged").GetInt32(), queue.GetProperty("messages_delayed").GetInt32()));
        Assert.Equal(
            """{"delivery-limit":20,"delayed-retry-type":"returned","delayed-retry-min":3600000,"delayed-retry-max":3600000,"delayed-retry-jitter":5,"sequence-header":true,"message-deduplication":true,"deduplication-header":"x-deduplication-header","cache-size":100000,"cache-ttl":60000,"message-groups":true}""",
            queue.GetProperty("effective_arguments").GetRawText());
    }

    [Fact]
    public async Task Get_WithRejectAndNoRequeue_DeadLetters()
    {
        await DeclareAsync("dead");
        await DeclareAsync("dying", """{"x-dead-letter-exchange":"","x-dead-letter-routing-key":"dead"}""");
        await PublishAsync("dying", "body");
        Assert.Equal(["body"], Payloads(await GetAsync("dying", count: 1, "reject_requeue_false")));

        string[] found = [];
        for (int attempt = 0; found.Length == 0 && attempt < 1000; attempt++) // Each attempt is a request: dead-lettering is done by a thread of its own.
        {
            found = [.. Payloads(await GetAsync("dead", count: 1, "ack_requeue_true"))];
        }

        Assert.Equal(["body"], found);
    }

    [Fact]
    public async Task Get_OfManyMessagesWithoutBodies_IsBoundedByTheirProperties()
    {
        await DeclareAsync("headed");
        string properties = $$$"""{"headers":{"note":"{{{new string('x', 120_000)}}}"}}""";
        for (int i = 0; i < 150; i++)
        {
            Assert.True(await PublishAsync("headed", string.Empty, properties));
        }

        JsonElement got = await GetAsync("headed", 1_000_000, "ack_requeue_true");

        Assert.Equal((16 * 1024 * 1024 / 120_000) + 1, got.GetArrayLength()); // The last may go over it.
    }

    [Fact]
    public async Task Get_Truncated_GivesTheBeginningAndTheWholeLength()
    {
        await DeclareAsync("long");
        await PublishAsync("long", "hello");

        JsonElement got = await rig.JsonAsync("POST", "/api/queues/%2F/long/get", """{"count":"1","ackmode":"ack_requeue_true","encoding":"auto","truncate":2}""");
        Assert.Equal(("he", 5), (Text(got[0], "payload"), got[0].GetProperty("payload_bytes").GetInt32()));
        got = await rig.JsonAsync("POST", "/api/queues/%2F/long/get", """{"count":1,"ackmode":"ack_requeue_true","encoding":"base64"}""");
        Assert.Equal(("aGVsbG8=", "base64"), (Text(got[0], "payload"), Text(got[0], "payload_encoding")));
    }

    [Theory]
    [InlineData("""{"routing_key":"q","payload":"x","payload_encoding":"string"}""", "[{key_missing,properties}]")]
    [InlineData("""{"properties":{},"routing_key":"q","payload":"x"}""", "[{key_missing,payload_encoding}]")]
    [InlineData("""{"properties":{},"payload":"x","payload_encoding":"string"}""", "[{key_missing,routing_key}]")]
    [InlineData("""{"properties":{},"routing_key":"q","payload":"!!","payload_encoding":"base64"}""", "not_base64")]
    [InlineData("""{"properties":{},"routing_key":"q","payload":"x","payload_encoding":"x"}""", "unsupported_encoding: x")]
    [InlineData("""{"properties":{"priority":"x"},"routing_key":"q","payload":"x","payload_encoding":"string"}""", "not_int: 'priority'")]
    [InlineData("""{"properties":{"priority":256},"routing_key":"q","payload":"x","payload_encoding":"string"}""", "not_int: 'priority'")]
    [InlineData("""{"properties":{"type":1},"routing_key":"q","payload":"x","payload_encoding":"string"}""", "not_string: 'type'")]
    [InlineData("""{"properties":{"expiration":"soon"},"routing_key":"q","payload":"x","payload_encoding":"string"}""", "406 PRECONDITION_FAILED - invalid expiration 'soon'")]
    [InlineData("""{"properties":{"headers":{"CC":"x"}},"routing_key":"q","payload":"x","payload_encoding":"string"}""", "unacceptable_type_in_header")]
    [InlineData(
        """{"properties":{"user_id":"other"},"routing_key":"q","payload":"x","payload_encoding":"string"}""",
        "406 PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest'")]
    public async Task Publish_OfWhatIsWrong_IsRefusedWithTheReason(string body, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("POST", Publish, body);

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch", "404 NOT_FOUND - no exchange 'nosuch' in vhost '/'")]
    [InlineData("amq.rabbitmq.trace", "403 ACCESS_REFUSED - cannot publish to internal exchange 'amq.rabbitmq.trace' in vhost '/'")]
    public async Task Publish_ToAnExchangeThatTakesNothing_IsRefused(string exchange, string reason) => Assert.Equal(
        (400, "bad_request", reason),
        await rig.RefusalAsync("POST", $"/api/exchanges/%2F/{exchange}/publish", """{"properties":{},"routing_key":"q","payload":"x","payload_encoding":"string"}"""));

    [Theory]
    [InlineData("""{"ackmode":"ack_requeue_true","encoding":"auto"}""", 400, "[{key_missing,count}]")]
    [InlineData("""{"count":1,"encoding":"auto"}""", 400, "[{key_missing,ackmode}]")]
    [InlineData("""{"count":1,"ackmode":"x","encoding":"auto"}""", 400, "ackmode 'x' is none of")]
    [InlineData("""{"count":1,"ackmode":"ack_requeue_true","encoding":"x"}""", 400, "Unsupported encoding. Please use auto or base64.")]
    public async Task Get_ThatIsWrong_IsRefusedWithTheReason(string body, int expected, string reason)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/asked", "{}");
        (int status, _, string text) = await rig.RefusalAsync("POST", "/api/queues/%2F/asked/get", body);

        Assert.Equal(expected, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_FromAStreamOrFromNothing_IsRefused()
    {
        const string Body = """{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}""";
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/river", """{"durable":true,"arguments":{"x-queue-type":"stream"}}"""));
        Assert.Equal(400, await rig.StatusAsync("POST", "/api/queues/%2F/river/get", Body));
        Assert.Equal(404, await rig.StatusAsync("POST", "/api/queues/%2F/nosuch/get", Body));
    }

    [Fact]
    public async Task PublishAndGet_WithoutPermission_AreRefusedAsOverAmqp()
    {
        rig.AddUser("mute", "management", write: "^mine", read: "^mine");
        await DeclareAsync("theirs");
        const string Message = """{"properties":{},"routing_key":"theirs","payload":"x","payload_encoding":"string"}""";
        Assert.Equal((401, "not_authorised", "Access refused."), await rig.RefusalAsync("POST", Publish, Message, "mute:mute"));
        Assert.Equal(401, await rig.StatusAsync("POST", "/api/queues/%2F/theirs/get", """{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}""", "mute:mute"));

        rig.AddUser("topical2", "management");
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/topic-permissions/%2F/topical2", """{"exchange":"amq.topic","write":"^theirs$","read":""}"""));
        Assert.Equal(200, await rig.StatusAsync("POST", "/api/exchanges/%2F/amq.topic/publish", Message, "topical2:topical2"));
        Assert.Equal(401, await rig.StatusAsync("POST", "/api/exchanges/%2F/amq.topic/publish", Message.Replace("theirs", "other", StringComparison.Ordinal), "topical2:topical2"));
        string copied = Message.Replace("\"properties\":{}", "\"properties\":{\"headers\":{\"CC\":[\"other\"]}}", StringComparison.Ordinal);
        Assert.Equal(401, await rig.StatusAsync("POST", "/api/exchanges/%2F/amq.topic/publish", copied, "topical2:topical2"));
    }

    [Fact]
    public async Task Publish_WithBlindCopies_SendsThemAndRemovesTheHeader()
    {
        await DeclareAsync("to");
        await DeclareAsync("blind");
        await PublishAsync("to", "x", properties: """{"headers":{"BCC":["blind"],"kept":1}}""");

        foreach (string name in (string[])["to", "blind"])
        {
            JsonElement got = await GetAsync(name, count: 9, "ack_requeue_true");
            Assert.Equal("""{"headers":{"kept":1}}""", Assert.Single(got.EnumerateArray()).GetProperty("properties").GetRawText());
        }
    }

    [Fact]
    public async Task Publish_WithADelay_Waits()
    {
        await DeclareAsync("later");
        Assert.True(await PublishAsync("later", "x", properties: """{"headers":{"x-opt-delivery-delay":3600000}}"""));

        Assert.Equal(0, (await GetAsync("later", count: 1, "ack_requeue_true")).GetArrayLength());
    }

    [Fact]
    public async Task Publish_ToAFullQueueOrWhileBlocked_IsRefused()
    {
        await DeclareAsync("full", """{"x-max-length":0,"x-overflow":"reject-publish"}""");
        const string Message = """{"properties":{},"routing_key":"full","payload":"x","payload_encoding":"string"}""";
        Assert.Equal((400, "bad_request", "rejected"), await rig.RefusalAsync("POST", Publish, Message));
        rig.Broker.Admission.Set(AdmissionCause.Memory, holds: true);
        (int status, string error, string reason) = await rig.RefusalAsync("POST", Publish, Message);
        rig.Broker.Admission.Set(AdmissionCause.Memory, holds: false);

        Assert.Equal((503, "blocked"), (status, error));
        Assert.Contains("low on memory", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ToAHostAtItsLimit_IsRefusedAndTheHostTellsWhy()
    {
        rig.Broker.VirtualHosts.Create("crowded", out VirtualHost host);
        Assert.False((await rig.JsonAsync("GET", "/api/vhosts/crowded")).TryGetProperty("blocked_reason", out _));
        host.Admission.Set(AdmissionCause.VirtualHost, holds: true, "virtual host 'crowded' holds 7 ready messages, its limit is 5");
        const string Message = """{"properties":{},"routing_key":"q","payload":"x","payload_encoding":"string"}""";

        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/permissions/crowded/guest", """{"configure":".*","write":".*","read":".*"}"""));
        Assert.Equal(
            (503, "blocked", "Publishers wait: virtual host 'crowded' holds 7 ready messages, its limit is 5"),
            await rig.RefusalAsync("POST", "/api/exchanges/crowded/amq.default/publish", Message));
        Assert.Equal(host.Admission.Reason, (await rig.JsonAsync("GET", "/api/vhosts/crowded")).GetProperty("blocked_reason").GetString());
        rig.Broker.DeleteVirtualHost("crowded");
    }

    private static IEnumerable<string> Payloads(JsonElement got) => got.EnumerateArray().Select(message => Text(message, "payload"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private async Task DeclareAsync(string name, string arguments = "{}")
    {
        int status = await rig.StatusAsync("PUT", $"/api/queues/%2F/{Uri.EscapeDataString(name)}", $$"""{"arguments":{{arguments}}}""");
        Assert.Equal(201, status);
    }

    private async Task<bool> PublishAsync(string key, string payload, string properties = "{}")
    {
        string body = $$"""{"properties":{{properties}},"routing_key":"{{key}}","payload":"{{payload}}","payload_encoding":"string"}""";
        return (await rig.JsonAsync("POST", Publish, body)).GetProperty("routed").GetBoolean();
    }

    private Task<JsonElement> GetAsync(string name, int count, string mode) =>
        rig.JsonAsync("POST", $"/api/queues/%2F/{Uri.EscapeDataString(name)}/get", $$"""{"count":{{count}},"ackmode":"{{mode}}","encoding":"auto"}""");
}
