using System.Text.Json;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Management.Tests;

/// <summary>Channels, consumers, and what is shown of queues beside their declarations.</summary>
public sealed class ChannelTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Channel_OfAConnection_IsDescribed()
    {
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        Consume("channelled", connection);
        string name = $"{entry.Name} (5)";
        JsonElement shown = await rig.JsonAsync("GET", $"/api/channels/{Uri.EscapeDataString(name)}");

        Assert.Equal((name, 5, "guest", "/", "running"), (Text(shown, "name"), shown.GetProperty("number").GetInt32(), Text(shown, "user"), Text(shown, "vhost"), Text(shown, "state")));
        Assert.Equal((true, false), (shown.GetProperty("confirm").GetBoolean(), shown.GetProperty("transactional").GetBoolean()));
        Assert.Equal((7, 2, 1), (shown.GetProperty("prefetch_count").GetInt32(), shown.GetProperty("messages_unacknowledged").GetInt32(), shown.GetProperty("consumer_count").GetInt32()));
        Assert.Equal((11, 12, 13), (shown.GetProperty("messages_unconfirmed").GetInt32(), shown.GetProperty("messages_uncommitted").GetInt32(), shown.GetProperty("acks_uncommitted").GetInt32()));
        Assert.Equal(entry.Name, Text(shown.GetProperty("connection_details"), "name"));
        Assert.Equal("channelled", Text(Assert.Single(shown.GetProperty("consumer_details").EnumerateArray()).GetProperty("queue"), "name"));
        foreach (string path in (string[])["/api/channels", "/api/vhosts/%2F/channels", $"/api/connections/{Uri.EscapeDataString(entry.Name)}/channels"])
        {
            Assert.Contains(name, (await rig.JsonAsync("GET", path)).EnumerateArray().Select(one => Text(one, "name")));
        }

        Assert.Equal(404, await rig.StatusAsync("GET", $"/api/channels/{Uri.EscapeDataString(entry.Name)}%20(6)"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/connections/none/channels"));
    }

    [Fact]
    public async Task Channels_OfAnotherUser_AreNotSeenWithoutTheTag()
    {
        rig.AddUser("own", "management");
        rig.AddUser("all", "monitoring");
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        Consume("private", connection);

        Assert.Equal(0, (await rig.JsonAsync("GET", "/api/channels", login: "own:own")).GetArrayLength());
        Assert.Equal(0, (await rig.JsonAsync("GET", "/api/consumers", login: "own:own")).GetArrayLength());
        Assert.Equal(404, await rig.StatusAsync("GET", $"/api/channels/{Uri.EscapeDataString(entry.Name)}%20(5)", login: "own:own"));
        Assert.NotEqual(0, (await rig.JsonAsync("GET", "/api/channels", login: "all:all")).GetArrayLength());
        Assert.NotEqual(0, (await rig.JsonAsync("GET", "/api/consumers", login: "all:all")).GetArrayLength());
    }

    [Fact]
    public async Task Consumer_OfAQueue_IsDescribed()
    {
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        Consume("consumed", connection, isExclusive: true);
        JsonElement consumers = await rig.JsonAsync("GET", "/api/consumers/%2F");
        JsonElement shown = consumers.EnumerateArray().Single(one => Text(one.GetProperty("queue"), "name") == "consumed");

        Assert.Equal(("tag of consumed", "up"), (Text(shown, "consumer_tag"), Text(shown, "activity_status")));
        Assert.True(shown.GetProperty("ack_required").GetBoolean() && shown.GetProperty("active").GetBoolean() && shown.GetProperty("exclusive").GetBoolean());
        Assert.Equal((9, """{"x-priority":2}"""), (shown.GetProperty("prefetch_count").GetInt32(), shown.GetProperty("arguments").GetRawText()));
        Assert.Equal((entry.Name, "guest"), (Text(shown.GetProperty("channel_details"), "connection_name"), Text(shown.GetProperty("channel_details"), "user")));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/consumers/none"));

        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/consumed");
        Assert.Equal(("tag of consumed", 1), (Text(queue, "exclusive_consumer_tag"), queue.GetProperty("consumers").GetInt32()));
        Assert.Equal(1, queue.GetProperty("consumer_details").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, queue.GetProperty("policy").ValueKind);
    }

    [Fact]
    public async Task Consumers_OfAQueueWithASingleActiveOne_AreToldApart()
    {
        using var gone = new Registration(rig.Broker, "guest", out _, out FakeConnection first);
        using var alsoGone = new Registration(rig.Broker, "guest", out _, out FakeConnection second);
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/single", """{"arguments":{"x-single-active-consumer":true}}"""));
        Consume("single", first);
        Consume("single", second);

        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/single");
        Assert.Equal(["single_active", "waiting"], queue.GetProperty("consumer_details").EnumerateArray().Select(one => Text(one, "activity_status")).Order(StringComparer.Ordinal));
        Assert.Equal("tag of single", Text(queue, "single_active_consumer_tag"));
    }

    [Fact]
    public async Task Queue_WithArgumentsAndPolicies_ShowsWhatTheyComeTo()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/policies/%2F/p", """{"pattern":"^ruled$","definition":{"max-length":50,"message-ttl":1000}}"""));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/operator-policies/%2F/o", """{"pattern":"^ruled$","definition":{"max-length":40}}"""));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/queues/%2F/ruled", """{"arguments":{"x-message-ttl":500,"x-overflow":"reject-publish"}}"""));

        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/ruled");
        Assert.Equal(("p", "o"), (Text(queue, "policy"), Text(queue, "operator_policy")));
        Assert.Equal("""{"max-length":40,"message-ttl":1000}""", queue.GetProperty("effective_policy_definition").GetRawText());
        Assert.Equal("""{"message-ttl":500,"max-length":40,"overflow":"reject-publish"}""", queue.GetProperty("effective_arguments").GetRawText());
    }

    private void Consume(string name, FakeConnection connection, bool isExclusive = false)
    {
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        if (!host.TryGetQueue(name, out Queue? queue))
        {
            queue = host.DeclareQueue(new QueueSettings(name, Durable: false, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null)).Queue;
        }

        var consumer = new FakeConsumer(queue, isExclusive);
        Assert.Equal(ConsumerRefusal.None, queue.AddConsumer(consumer));
        connection.Consumers.Add(new OpenConsumer(consumer, $"tag of {name}", 9, new FieldTable { ["x-priority"] = 2 }));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
