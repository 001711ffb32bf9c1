using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>What libraries and scalers ask the HTTP API before they trust a broker, and while they use it.</summary>
public sealed class ClientCheckTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    /// <summary>NServiceBus.RabbitMQ 10: version, the flag of streams, and unlimited redelivery by a policy of its own.</summary>
    [Fact]
    public async Task NServiceBus_ThatChecksItsBroker_GetsUnlimitedRedelivery()
    {
        const string Queue = "/api/queues/%2F/Sales.Endpoint";
        await rig.StatusAsync("PUT", Queue, """{"durable":true,"arguments":{"x-queue-type":"quorum"}}""");

        Assert.True(Version.Parse((await rig.JsonAsync("GET", "/api/overview")).GetProperty("rabbitmq_version").GetString()!) >= new Version(4, 0));
        Assert.Contains((await rig.JsonAsync("GET", "/api/feature-flags")).EnumerateArray(), flag => flag.GetProperty("name").GetString() == "stream_queue" && flag.GetProperty("state").GetString() == "enabled");
        JsonElement before = await rig.JsonAsync("GET", Queue);
        Assert.Equal((20, "quorum", JsonValueKind.Object), (before.GetProperty("delivery_limit").GetInt32(), before.GetProperty("type").GetString(), before.GetProperty("effective_policy_definition").ValueKind));
        Assert.Equal(201, await rig.StatusAsync(
            "PUT",
            "/api/policies/%2F/nsb.Sales.Endpoint.delivery-limit",
            """{"pattern":"Sales.Endpoint","definition":{"delivery-limit":-1},"priority":100,"apply-to":"quorum_queues"}"""));

        Assert.Equal("unlimited", (await rig.JsonAsync("GET", Queue)).GetProperty("delivery_limit").GetString());
    }

    /// <summary>KEDA's scaler: one queue, and all whose names match.</summary>
    [Fact]
    public async Task Keda_ThatAsksForLengths_GetsThemByNameAndByExpression()
    {
        foreach (string name in new[] { "scaled.a", "scaled.b", "other" })
        {
            await rig.StatusAsync("PUT", $"/api/queues/%2F/{name}", """{"durable":true}""");
            await rig.StatusAsync("POST", "/api/exchanges/%2F/amq.default/publish", $$"""{"properties":{},"routing_key":"{{name}}","payload":"x","payload_encoding":"string"}""");
        }

        JsonElement one = await rig.JsonAsync("GET", "/api/queues/%2F/scaled.a");
        Assert.Equal((1, 0), (one.GetProperty("messages").GetInt32(), one.GetProperty("messages_unacknowledged").GetInt32()));
        Assert.True(one.GetProperty("message_stats").GetProperty("publish_details").GetProperty("rate").GetDouble() >= 0);
        JsonElement page = await rig.JsonAsync("GET", "/api/queues/%2F?page=1&use_regex=true&pagination=false&name=%5Escaled.%2A%24&page_size=100");
        Assert.Equal(["scaled.a 1", "scaled.b 1"], page.GetProperty("items").EnumerateArray().Select(queue => $"{queue.GetProperty("name").GetString()} {queue.GetProperty("messages").GetInt32()}").Order(StringComparer.Ordinal));
    }
}
