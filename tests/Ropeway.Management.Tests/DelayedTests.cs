using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>Delayed messages over HTTP.</summary>
public sealed class DelayedTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private const string List = "/api/ropeway/delayed?vhost=%2F";

    [Fact]
    public async Task Delayed_Messages_AreListedCancelledAndSent()
    {
        Assert.Equal("""{"messages":[],"total":0,"next":null}""", (await rig.JsonAsync("GET", List)).GetRawText());
        await rig.StatusAsync("PUT", "/api/queues/%2F/later", "{}");
        await DelayAsync("x", 4102444800000);
        await DelayAsync("yy", 4102444700000);

        JsonElement page = await rig.JsonAsync("GET", List + "&q=LATE&limit=1");
        JsonElement first = page.GetProperty("messages")[0];
        Assert.Equal(("/", "", "later", "later", 2, "2099-12-31T23:58:20.000Z"), (
            first.GetProperty("vhost").GetString(),
            first.GetProperty("exchange").GetString(),
            first.GetProperty("queue").GetString(),
            first.GetProperty("routing_key").GetString(),
            first.GetProperty("size").GetInt32(),
            first.GetProperty("due").GetString()));
        JsonElement second = await rig.JsonAsync("GET", $"{List}&after={page.GetProperty("next").GetString()}");
        Assert.Equal(1, second.GetProperty("messages")[0].GetProperty("size").GetInt32());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Empty((await rig.JsonAsync("GET", List + "&q=other")).GetProperty("messages").EnumerateArray());

        rig.AddUser("watcher", "management", write: "^mine", read: ".*");
        Assert.Equal(
            (403, "access_refused", "user 'watcher' lacks the permission write on exchange 'amq.default' in vhost '/'"),
            await rig.RefusalAsync("DELETE", "/api/ropeway/delayed/%2F/0", body: (string?)null, "watcher:watcher"));
        rig.AddUser("blind", "management", read: "^mine");
        Assert.Empty((await rig.JsonAsync("GET", List, login: "blind:blind")).GetProperty("messages").EnumerateArray());

        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/ropeway/delayed/%2F/0"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", "/api/ropeway/delayed/%2F/0"));
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/ropeway/delayed/%2F/1/send-now"));
        Assert.True(SpinWait.SpinUntil(() => rig.Broker.VirtualHosts.All.Single().ListQueues().Single().MessageCount == 1, Deadline.Value));
        Assert.Equal(404, await rig.StatusAsync("POST", "/api/ropeway/delayed/%2F/1/send-now"));
    }

    [Theory]
    [InlineData("/api/ropeway/delayed", "'vhost' is expected in the query")]
    [InlineData(List + "&limit=501", "'limit' is a whole number from 1 to 500, got '501'")]
    [InlineData(List + "&after=x", "'after' is the 'next' of the page before, got 'x'")]
    public async Task List_RequestIsWrong_IsRefused(string path, string reason) =>
        Assert.Equal((400, "bad_request", reason), await rig.RefusalAsync("GET", path));

    private Task<JsonElement> DelayAsync(string payload, long timeMs) => rig.JsonAsync(
        "POST",
        "/api/exchanges/%2F/amq.default/publish",
        $$$"""{"properties":{"headers":{"x-opt-delivery-time":{{{timeMs}}}}},"routing_key":"later","payload":"{{{payload}}}","payload_encoding":"string"}""");
}
