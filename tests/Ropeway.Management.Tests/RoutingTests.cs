using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>The routing dry run over HTTP.</summary>
public sealed class RoutingTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private const string Path = "/api/ropeway/routing/explain";

    [Fact]
    public async Task Explain_TopicExchange_NamesTheQueuesAndTheReasons()
    {
        await DeclareAsync("orders");
        await DeclareAsync("audit");
        await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.topic/q/orders", """{"routing_key":"order.*.eu"}""");
        await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.topic/q/audit", """{"routing_key":"#"}""");

        JsonElement told = await rig.JsonAsync("POST", Path, """{"vhost":"/","exchange":"amq.topic","routing_key":"order.new"}""");

        Assert.Equal("""["audit"]""", told.GetProperty("queues").GetRawText());
        Assert.False(told.GetProperty("unroutable").GetBoolean());
        JsonElement[] steps = [.. told.GetProperty("steps").EnumerateArray()];
        Assert.Equal(["audit", "orders"], steps.Select(step => step.GetProperty("destination").GetString()));
        Assert.Equal("key has 2 words, pattern needs 3 words", steps[1].GetProperty("why").GetString());
        Assert.Equal("order.*.eu", steps[1].GetProperty("binding").GetProperty("routing_key").GetString());
        Assert.Equal(JsonValueKind.Null, told.GetProperty("refused").ValueKind);
        Assert.Equal(0, told.GetProperty("more_steps").GetInt64());
        Assert.Equal(0, (await rig.JsonAsync("GET", "/api/queues/%2F/audit")).GetProperty("messages").GetInt32());
    }

    [Fact]
    public async Task Explain_DelayedMessage_TellsHowLongItIsHeld()
    {
        await DeclareAsync("slow");

        JsonElement told = await rig.JsonAsync("POST", Path, """{"vhost":"/","exchange":"amq.default","routing_key":"slow","headers":{"x-opt-delivery-time":4102444800000}}""");

        Assert.Equal("2100-01-01T00:00:00.000Z", told.GetProperty("held_until").GetString());
        Assert.Equal("""["slow"]""", told.GetProperty("queues").GetRawText());
    }

    [Fact]
    public async Task Explain_ForAUser_SaysWhatWouldBeRefused()
    {
        rig.AddUser("writes-little", "management", write: "^mine");

        JsonElement told = await rig.JsonAsync("POST", Path, """{"vhost":"/","exchange":"amq.fanout","user":"writes-little"}""");

        Assert.Equal("write access to exchange 'amq.fanout' in vhost '/' refused for user 'writes-little'", told.GetProperty("refused").GetString());
        Assert.True(told.GetProperty("unroutable").GetBoolean());
        Assert.Equal(
            (403, "access_refused", "user 'writes-little' lacks the tag administrator, which it takes to ask for user 'guest'"),
            await rig.RefusalAsync("POST", Path, """{"vhost":"/","exchange":"amq.fanout","user":"guest"}""", "writes-little:writes-little"));
    }

    [Theory]
    [InlineData("""{"exchange":"amq.topic"}""", 400, "[{key_missing,vhost}]")]
    [InlineData("""{"vhost":"none","exchange":"amq.topic"}""", 404, "no vhost 'none'")]
    [InlineData("""{"vhost":"/","exchange":"none"}""", 404, "no exchange 'none' in vhost '/'")]
    [InlineData("""{"vhost":"/","exchange":"amq.topic","headers":{"CC":"x"}}""", 400, "the message would be refused: {unacceptable_type_in_header,\"CC\",longstr}")]
    [InlineData("""{"vhost":"/","exchange":"amq.topic","headers":[1]}""", 400, "'headers' must be an object")]
    public async Task Explain_RequestIsWrong_IsRefused(string body, int status, string reason)
    {
        (int got, _, string text) = await rig.RefusalAsync("POST", Path, body);

        Assert.Equal((status, reason), (got, text));
    }

    private async Task DeclareAsync(string name) => Assert.Equal(201, await rig.StatusAsync("PUT", $"/api/queues/%2F/{name}", "{}"));
}
